import { nodeInfoSchema, type NodeInfo } from "@openclaw/protocol";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { findNode, nodeQuery } from "../operator/find-node.ts";
import { lastSeen, nodeStatus } from "../operator/node-facts.ts";
import { parseAnswer, withGateway } from "../operator/operator-gateway.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor, type Screen } from "../output/screen.ts";
import { timeAgo } from "../output/time-ago.ts";

/** `openclaw nodes describe`: all that the Gateway knows about one node. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const query = nodeQuery(input);
  const answer = await withGateway(input, io, async (gateway) => {
    const { nodeId } = await findNode(gateway, query);
    return await gateway.call("node.describe", { nodeId });
  });
  if (flag(input, "json")) io.stdout.write(jsonLine(answer));
  else show(screenFor(input, io), parseAnswer(nodeInfoSchema, answer, "node.describe"), Date.now());
  return EXIT.ok;
}

function show(screen: Screen, node: NodeInfo, now: number): void {
  screen.fields([
    ["Node", node.displayName ?? ""],
    ["ID", node.nodeId],
    ["Status", nodeStatus(node)],
    ["Since", timeAgo(node.connected ? node.connectedAtMs : lastSeen(node), now)],
    [
      "Paired",
      node.paired
        ? `yes${node.approvedAtMs === undefined ? "" : `, ${timeAgo(node.approvedAtMs, now)}`}`
        : "no",
    ],
    ["Platform", platformText(node)],
    ["Version", node.version ?? ""],
    ["IP", node.remoteIp ?? ""],
    ["PATH", node.pathEnv ?? ""],
    ["Caps", node.caps.join(", ")],
    [
      "Waits for",
      node.pendingRequestId === undefined ? "" : `openclaw nodes approve ${node.pendingRequestId}`,
    ],
  ]);
  screen.line();
  screen.heading("Commands");
  if (node.commands.length > 0) for (const command of node.commands) screen.line(`- ${command}`);
  else if (node.connected) screen.line("none approved; see openclaw nodes pending");
  else screen.line("none while it is offline");
}

/** The family says nothing new where it repeats the platform. */
function platformText({ platform = "", deviceFamily = "" }: NodeInfo): string {
  const same = platform.toLowerCase() === deviceFamily.toLowerCase();
  return [platform, same ? "" : deviceFamily].filter((part) => part !== "").join(", ");
}
