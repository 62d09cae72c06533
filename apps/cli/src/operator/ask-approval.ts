import { randomUUID } from "node:crypto";
import {
  approvalAnswerSchema,
  type ApprovalAnswer,
  type ApprovalRequestParams,
  type NodeInfo,
} from "@openclaw/protocol";
import { CliError } from "../errors.ts";
import { printable } from "../output/printable.ts";
import { duration } from "../output/time-ago.ts";
import { OPERATOR_LIMITS } from "./limits.ts";
import { parseAnswer, type OperatorGateway } from "./operator-gateway.ts";
import { asksWithPlans, type PreparedRun } from "./prepare-run.ts";
import { gatewayErrorOf } from "./request-failure.ts";
import type { RunWish } from "./run-wish.ts";

export interface Approval {
  readonly id: string;
  readonly decision: "allow-once" | "allow-always";
}

/**
 * Asks the Gateway's operators whether a run may happen, and waits. `onWaiting` gets the id as soon as it can be
 * answered. Throws `not-approved` when somebody says no, or nobody anything.
 */
export async function askApproval(
  gateway: OperatorGateway,
  node: NodeInfo,
  prepared: PreparedRun,
  wish: RunWish,
  onWaiting: (id: string) => void,
): Promise<Approval> {
  const answer = asksWithPlans(gateway)
    ? await askWithPlan(gateway, node, prepared, wish, onWaiting)
    : await askWithoutPlan(gateway, prepared, wish, onWaiting);
  const { decision } = answer;
  if (answer.id !== undefined && (decision === "allow-once" || decision === "allow-always"))
    return { id: answer.id, decision };
  throw notApproved(answer, wish);
}

async function askWithPlan(
  gateway: OperatorGateway,
  node: NodeInfo,
  prepared: PreparedRun,
  wish: RunWish,
  onWaiting: (id: string) => void,
): Promise<ApprovalAnswer> {
  if (prepared.plan === undefined) {
    throw new CliError(
      "not-supported",
      "the run needs an approval, and this node cannot prepare one (it has no system.run.prepare)",
      [
        "update the node, or add the command to the node's allowlist: openclaw approvals allowlist add <program> --node <node>",
      ],
    );
  }
  const { raw, result } = prepared.plan;
  const { plan, execPolicy } = result;
  const ask = async (): Promise<ApprovalAnswer> =>
    await request(gateway, wish, {
      id: randomUUID(),
      command: plan.commandText,
      commandArgv: plan.argv,
      cwd: plan.cwd,
      host: "node",
      nodeId: node.nodeId,
      agentId: plan.agentId,
      sessionKey: plan.sessionKey,
      // The plan goes as the node sent it; what a Gateway does not know of it is taken out.
      systemRunPlan: raw,
      ...(wish.env === undefined ? {} : { env: wish.env }),
      ...(execPolicy === undefined ? {} : execPolicy),
      twoPhase: true,
      // Otherwise the newest Gateways give up at once when no other operator is connected.
      requireDeliveryRoute: false,
      timeoutMs: wish.approvalTimeoutMs,
    });
  let asked = await ask();
  if (isUnheard(asked)) {
    // Gateways of spring 2026 keep a question only while somebody is connected who could answer it.
    await gateway.standBy();
    asked = await ask();
  }
  if (asked.id === undefined || asked.status !== "accepted")
    return isUnheard(asked) ? { ...asked, terminalReason: "no-route" } : asked;
  onWaiting(asked.id);
  const decided = await gateway.call(
    "exec.approval.waitDecision",
    { id: asked.id },
    { timeoutMs: wish.approvalTimeoutMs + OPERATOR_LIMITS.invokeMarginMs },
  );
  return { id: asked.id, ...parseAnswer(approvalAnswerSchema, decided, "exec.approval.waitDecision") };
}

/** Neither waiting nor decided: the Gateway ended the question as soon as it came. */
function isUnheard({ status, decision }: ApprovalAnswer): boolean {
  return status !== "accepted" && decision === undefined;
}

/** The first era answers only when somebody has decided; its id is ours, and an event says that it waits. */
async function askWithoutPlan(
  gateway: OperatorGateway,
  prepared: PreparedRun,
  wish: RunWish,
  onWaiting: (id: string) => void,
): Promise<ApprovalAnswer> {
  const id = randomUUID();
  gateway.onEvent(({ event, payload }) => {
    if (event === "exec.approval.requested" && Reflect.get(Object(payload), "id") === id) onWaiting(id);
  });
  return await request(gateway, wish, {
    id,
    command: "raw" in wish.command ? wish.command.raw : prepared.argv.join(" "),
    host: "node",
    ...(wish.cwd === undefined ? {} : { cwd: wish.cwd }),
    agentId: wish.agentId,
    timeoutMs: wish.approvalTimeoutMs,
  });
}

/** Fields that Gateways of some eras do not know; each is left out when it is refused. */
const NOT_EVERYWHERE = new Set(["requireDeliveryRoute", "policySnapshot", "mutableFileOperand"]);

async function request(
  gateway: OperatorGateway,
  wish: RunWish,
  params: ApprovalRequestParams,
): Promise<ApprovalAnswer> {
  let next = params;
  for (;;) {
    try {
      const answer = await gateway.call("exec.approval.request", next, {
        timeoutMs: wish.approvalTimeoutMs + OPERATOR_LIMITS.invokeMarginMs,
      });
      return parseAnswer(approvalAnswerSchema, answer, "exec.approval.request");
    } catch (error) {
      const smaller = withoutUnknown(next, gatewayErrorOf(error)?.message ?? "");
      if (smaller === undefined) throw error;
      next = smaller;
    }
  }
}

/** The params without the fields that a refusal names; undefined when it names none that may go. */
export function withoutUnknown(
  params: ApprovalRequestParams,
  refusal: string,
): ApprovalRequestParams | undefined {
  const named = [...refusal.matchAll(/unexpected property '([^']+)'/gu)].map(([, name]) => name ?? "");
  const { systemRunPlan: plan } = params;
  const unknown = named.filter(
    (name) => NOT_EVERYWHERE.has(name) && (name in params || (plan !== undefined && name in plan)),
  );
  if (unknown.length === 0) return undefined;
  return {
    ...without(params, unknown),
    ...(plan === undefined ? {} : { systemRunPlan: without(plan, unknown) }),
  };
}

function without<T extends object>(object: T, names: readonly string[]): T {
  const copy = { ...object };
  for (const name of names) Reflect.deleteProperty(copy, name);
  return copy;
}

function notApproved({ decision, terminalReason }: ApprovalAnswer, wish: RunWish): CliError {
  if (decision === "deny") return new CliError("not-approved", "the run was denied by an operator");
  if (terminalReason === "no-route") {
    return new CliError(
      "not-approved",
      "the run needs an approval, and nobody who could give one is connected",
    );
  }
  return new CliError(
    "not-approved",
    `nobody decided about the run within ${duration(wish.approvalTimeoutMs)}${decision === undefined ? "" : ` (${printable(decision)})`}`,
    [
      "run it again and answer in time, or allow the command: openclaw approvals allowlist add <program> --node <node>",
    ],
  );
}
