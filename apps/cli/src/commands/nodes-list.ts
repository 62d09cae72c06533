import { nodeListSchema, type PairedNode } from "@openclaw/protocol";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { lastSeen } from "../operator/node-facts.ts";
import { parseAnswer, withGateway, type OperatorGateway } from "../operator/operator-gateway.ts";
import { listIn, listPending, type PendingRequests } from "../operator/pending-requests.ts";
import { showPending } from "../operator/pending-screen.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor, shortId } from "../output/screen.ts";
import { timeAgo } from "../output/time-ago.ts";

interface Listed {
  readonly pending: PendingRequests;
  readonly paired: readonly PairedNode[];
  readonly json: { readonly pending: readonly unknown[]; readonly paired: readonly unknown[] };
}

/** `openclaw nodes list`: pending requests and paired nodes. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const { pending, paired, json } = await withGateway(input, io, listNodes);
  if (flag(input, "json")) {
    io.stdout.write(jsonLine(json));
    return EXIT.ok;
  }
  const screen = screenFor(input, io);
  const now = Date.now();
  screen.line(`Pending: ${pending.surfaces.length + pending.devices.length} · Paired: ${paired.length}`);
  if (pending.surfaces.length + pending.devices.length > 0) {
    screen.line();
    showPending(screen, pending, now);
  }
  screen.line();
  if (paired.length === 0) {
    screen.line("No paired nodes. A machine becomes one with: openclaw node run --host <this Gateway>");
    return EXIT.ok;
  }
  screen.heading("Paired");
  screen.table(
    [
      { title: "Node", min: 12 },
      { title: "ID", whole: true },
      { title: "IP" },
      { title: "Last connect", min: 9 },
    ],
    paired.map((node) => [
      node.displayName ?? "",
      shortId(node.nodeId),
      node.remoteIp ?? "",
      timeAgo(node.lastConnectedAtMs, now),
    ]),
  );
  return EXIT.ok;
}

/** The oldest Gateways keep no list of paired nodes that connect themselves; `node.list` has those. */
async function listNodes(gateway: OperatorGateway): Promise<Listed> {
  const pending = await listPending(gateway);
  const answer = await gateway.call("node.list", {});
  const { nodes } = parseAnswer(nodeListSchema, answer, "node.list");
  const known = new Set(pending.paired.map(({ nodeId }) => nodeId));
  const more = nodes.filter((node) => node.paired && !known.has(node.nodeId));
  const moreIds = new Set(more.map(({ nodeId }) => nodeId));
  const connects = new Map(nodes.map((node) => [node.nodeId, lastSeen(node)]));
  return {
    pending,
    paired: [...pending.paired, ...more].map((node) => ({
      ...node,
      lastConnectedAtMs: node.lastConnectedAtMs ?? connects.get(node.nodeId),
    })),
    json: {
      pending: pending.json.pending,
      paired: [
        ...pending.json.paired,
        ...listIn(answer, "nodes").filter((node) => moreIds.has(String(node["nodeId"]))),
      ],
    },
  };
}
