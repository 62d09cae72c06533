import * as z from "zod/mini";
import { done, unavailable, type Answer } from "../answers.ts";
import { nodeMethod, type Call, type MethodTable } from "../method-table.ts";

const list = z.array(z.unknown()).check(z.maxLength(256));
const skills: z.ZodMiniType<object> = z.strictObject({ skills: list });
const tools: z.ZodMiniType<object> = z.strictObject({ tools: list });
/** Nothing beside the list: whoever names no feature hosts no workers. */
const inventory: z.ZodMiniType<object> = z.union([
  z.strictObject({ protocolFeatures: z.tuple([]) }),
  z.looseObject({ protocolFeatures: z.tuple([z.string()]) }),
]);

/**
 * What official nodes of the newest era tell about themselves. It is taken and forgotten,
 * so that such a node works here too. Source: protocol section 4.3.
 */
export const nodeUpdateMethods: MethodTable = {
  "node.skills.update": nodeMethod(skills, (call) => done({ nodeId: nodeIdOf(call), skills: [] })),
  "node.pluginTools.update": nodeMethod(tools, (call) => done({ nodeId: nodeIdOf(call), tools: [] })),
  "node.runnerInventory.update": nodeMethod(inventory, updateInventory),
};

function updateInventory(call: Call<object>): Answer {
  const nodeId = nodeIdOf(call);
  const pending = call.parts.surfaces.pendingOf(nodeId);
  if (call.parts.surfaces.approved(nodeId) !== undefined) return done({ nodeId });
  const how =
    pending === undefined
      ? ""
      : `; run \`openclaw nodes approve ${pending.requestId}\` (see \`openclaw nodes pending\`), then this node retries automatically`;
  return unavailable(`node capability surface is awaiting operator approval${how}`);
}

function nodeIdOf(call: Call<object>): string {
  return call.session.deviceId ?? call.connection.id;
}
