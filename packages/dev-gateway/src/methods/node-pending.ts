import * as z from "zod/mini";
import { done, pairingChanged, type Answer } from "../answers.ts";
import { nodeMethod, type Call, type MethodTable } from "../method-table.ts";

const none: z.ZodMiniType<object> = z.strictObject({});
const acknowledge: z.ZodMiniType<{ readonly ids: readonly string[] }> = z.strictObject({
  ids: z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
});
const drain: z.ZodMiniType<object> = z.strictObject({
  maxItems: z.optional(z.int().check(z.minimum(1), z.maximum(10))),
});

/** Work left for a node while it was away; this Gateway never leaves any. Source: protocol section 4.3. */
export const nodePendingMethods: MethodTable = {
  "node.pending.pull": nodeMethod(none, (call) => withApproval(call, { actions: [] })),
  "node.pending.ack": nodeMethod(acknowledge, (call) =>
    withApproval(call, { ackedIds: call.params.ids, remainingCount: 0 }),
  ),
  "node.pending.drain": nodeMethod(drain, (call) =>
    withApproval(call, { revision: 0, items: [], hasMore: false }),
  ),
};

function withApproval(call: Call<unknown>, payload: object): Answer {
  const { parts, session } = call;
  const nodeId = session.deviceId ?? call.connection.id;
  const unapproved = parts.surfaces.approved(nodeId) === undefined;
  if (parts.rules.era === "2026.9" && unapproved) {
    return pairingChanged("while invocation was active");
  }
  return done({ nodeId, ...payload });
}
