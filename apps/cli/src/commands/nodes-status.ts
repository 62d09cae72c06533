import { nodeListSchema, type NodeInfo } from "@openclaw/protocol";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { lastSeen, nodeStatus, type NodeStatus } from "../operator/node-facts.ts";
import { parseAnswer, withGateway } from "../operator/operator-gateway.ts";
import type { PaletteColor } from "../output/color.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor, shortId, type Screen } from "../output/screen.ts";
import { timeAgo } from "../output/time-ago.ts";

/** `openclaw nodes status`: every node that the Gateway knows, and what it is good for right now. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const answer = await withGateway(input, io, (gateway) => gateway.call("node.list", {}));
  const { nodes } = parseAnswer(nodeListSchema, answer, "node.list");
  if (flag(input, "json")) io.stdout.write(jsonLine(answer));
  else show(screenFor(input, io), nodes, Date.now());
  return EXIT.ok;
}

const PAINT: Readonly<Record<NodeStatus, PaletteColor>> = {
  connected: "success",
  unapproved: "warn",
  "no commands": "warn",
  offline: "muted",
  "not paired": "warn",
};

function show(screen: Screen, nodes: readonly NodeInfo[], now: number): void {
  const count = (fits: (node: NodeInfo) => boolean): number => nodes.filter(fits).length;
  const paired = count((node) => node.paired);
  const connected = count((node) => node.connected);
  screen.line(`Known: ${nodes.length} · Paired: ${paired} · Connected: ${connected}`);
  screen.line();
  if (nodes.length === 0) {
    screen.line("No nodes. A machine becomes one with: openclaw node run --host <this Gateway>");
    return;
  }
  screen.table(
    [
      { title: "Node", min: 12 },
      { title: "ID", whole: true },
      { title: "IP", min: 9 },
      { title: "Status", min: 11 },
      { title: "Detail", min: 9 },
      { title: "Since", min: 9 },
    ],
    nodes.map((node) => {
      const status = nodeStatus(node);
      return [
        node.displayName ?? "",
        shortId(node.nodeId),
        node.remoteIp ?? "",
        { text: status, paint: (text: string) => screen.paint(PAINT[status], text) },
        [node.platform, node.version].filter((part) => part !== undefined).join(" "),
        timeAgo(node.connected ? node.connectedAtMs : lastSeen(node), now),
      ];
    }),
  );
  if (nodes.some((node) => ["unapproved", "no commands"].includes(nodeStatus(node)))) {
    screen.line();
    screen.line("Commands are missing until they are approved (openclaw nodes pending)");
    screen.line("or, on some Gateways, until the node connects again.");
  }
}
