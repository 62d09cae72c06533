import { quoteArgv } from "@openclaw/approvals";
import { approvalListSchema, nodeListSchema, type PendingApproval } from "@openclaw/protocol";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { nodeLabel } from "../operator/find-node.ts";
import { parseAnswer, withGateway, type OperatorGateway } from "../operator/operator-gateway.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor, type Screen } from "../output/screen.ts";
import { timeAgo } from "../output/time-ago.ts";

/** `openclaw approvals pending`: the runs that wait for a person, each shown whole, because it is decided upon. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await withGateway(input, io, async (gateway) => {
    if (!gateway.has("exec.approval.list")) {
      throw new CliError(
        "not-supported",
        "this Gateway cannot list the runs that wait (it has no exec.approval.list)",
        ["`openclaw nodes run` names the id of its own: openclaw approvals resolve <id> allow-once"],
      );
    }
    const answer = await gateway.call("exec.approval.list", {});
    const list = parseAnswer(approvalListSchema, answer, "exec.approval.list");
    if (flag(input, "json")) io.stdout.write(jsonLine(answer));
    else if (list.length === 0) screenFor(input, io).line("No run waits for a decision.");
    else show(screenFor(input, io), list, await nodeLabels(gateway, list), Date.now());
    return EXIT.ok;
  });
}

/** Names for the ids of nodes; a list that cannot be had leaves the ids. */
async function nodeLabels(
  gateway: OperatorGateway,
  list: readonly PendingApproval[],
): Promise<ReadonlyMap<string, string>> {
  if (list.every(({ request }) => request.nodeId === undefined)) return new Map();
  const { nodes } = parseAnswer(nodeListSchema, await gateway.call("node.list", {}), "node.list");
  return new Map(nodes.map((node) => [node.nodeId, nodeLabel(node)]));
}

function show(
  screen: Screen,
  list: readonly PendingApproval[],
  labels: ReadonlyMap<string, string>,
  now: number,
): void {
  for (const [index, { id, request, createdAtMs, expiresAtMs }] of list.entries()) {
    const { nodeId = "", systemRunPlan, cwd, agentId, warningText, allowedDecisions } = request;
    if (index > 0) screen.line();
    screen.heading(systemRunPlan === undefined ? (request.command ?? "") : quoteArgv(systemRunPlan.argv));
    screen.fields([
      ["ID", id],
      ["Where", nodeId === "" ? (request.host ?? "") : (labels.get(nodeId) ?? nodeId)],
      ["Directory", cwd ?? ""],
      ["Agent", agentId ?? ""],
      ["Asked", timeAgo(createdAtMs, now)],
      ["Ends", timeAgo(expiresAtMs, now)],
      ["Warning", warningText ?? ""],
      ["Decisions", (allowedDecisions ?? DECISIONS).join(", ")],
    ]);
  }
  screen.line();
  screen.line("Answer with: openclaw approvals resolve <id> <decision>");
}

const DECISIONS = ["allow-once", "allow-always", "deny"] as const;
