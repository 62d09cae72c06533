import { randomUUID } from "node:crypto";
import {
  nodeInvokeAnswerSchema,
  systemRunPlanSchema,
  systemRunPrepareResultSchema,
  type NodeInfo,
  type SystemRunPlan,
  type SystemRunPrepareResult,
} from "@openclaw/protocol";
import { CliError } from "../errors.ts";
import { OPERATOR_LIMITS } from "./limits.ts";
import { parseAnswer, type OperatorGateway } from "./operator-gateway.ts";
import { gatewayErrorOf } from "./request-failure.ts";
import { wishedArgv, type RunWish } from "./run-wish.ts";

/** What will be asked of the node: params of `system.run`, and the plan where the node made one. */
export interface PreparedRun {
  readonly params: Readonly<Record<string, unknown>>;
  readonly argv: readonly string[];
  readonly plan?: {
    /** As the node sent it: it must come back to the node unchanged. */
    readonly raw: SystemRunPlan;
    readonly result: SystemRunPrepareResult;
  };
}

/** Lets the node make the plan that will be approved and run; nodes and Gateways of the first era make none. */
export async function prepareRun(
  gateway: OperatorGateway,
  node: NodeInfo,
  wish: RunWish,
): Promise<PreparedRun> {
  const argv = wishedArgv(wish, node.platform);
  const wished = {
    command: argv,
    ...("raw" in wish.command ? { rawCommand: wish.command.raw } : {}),
    ...(wish.cwd === undefined ? {} : { cwd: wish.cwd }),
    agentId: wish.agentId,
    ...(wish.env === undefined ? {} : { env: wish.env }),
  };
  const answer = node.commands.includes("system.run.prepare")
    ? await prepared(gateway, node.nodeId, wished)
    : undefined;
  if (answer === undefined) return { params: wished, argv };
  const result = parseAnswer(systemRunPrepareResultSchema, answer, "system.run.prepare");
  const { plan } = result;
  const raw: unknown = Reflect.get(Object(answer), "plan");
  const params = {
    command: plan.argv,
    rawCommand: plan.commandText,
    ...(plan.cwd === null ? {} : { cwd: plan.cwd }),
    ...(plan.agentId === null ? {} : { agentId: plan.agentId }),
    ...(plan.sessionKey === null ? {} : { sessionKey: plan.sessionKey }),
    ...(wish.env === undefined ? {} : { env: wish.env }),
  };
  return { params, argv: plan.argv, plan: { raw: isPlan(raw) ? raw : plan, result } };
}

/** Fields that this program does not know are kept: the node may want them back. */
function isPlan(value: unknown): value is SystemRunPlan {
  return systemRunPlanSchema.safeParse(value).success;
}

async function prepared(
  gateway: OperatorGateway,
  nodeId: string,
  params: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  try {
    return await invokeNode(gateway, nodeId, "system.run.prepare", params, OPERATOR_LIMITS.invokeMs);
  } catch (error) {
    // The oldest Gateways let no node prepare; they ask without a plan as well. Source: exec section 2.1.
    const refused = gatewayErrorOf(error)?.message.startsWith("node command not allowed") === true;
    if (error instanceof CliError && refused && !asksWithPlans(gateway)) return undefined;
    throw error;
  }
}

/** Does this Gateway bind approvals to plans? Those that can wait for a decision do. Source: protocol section 5. */
export function asksWithPlans(gateway: OperatorGateway): boolean {
  return gateway.has("exec.approval.waitDecision");
}

/** Calls a command of a node and returns what the node answered. */
export async function invokeNode(
  gateway: OperatorGateway,
  nodeId: string,
  command: string,
  params: unknown,
  timeoutMs: number,
): Promise<unknown> {
  return nodePayload(await invokeRaw(gateway, nodeId, command, params, timeoutMs));
}

/** The same, with the Gateway's whole answer. */
export async function invokeRaw(
  gateway: OperatorGateway,
  nodeId: string,
  command: string,
  params: unknown,
  timeoutMs: number,
): Promise<unknown> {
  return await gateway.call(
    "node.invoke",
    { nodeId, command, params, timeoutMs, idempotencyKey: randomUUID() },
    { timeoutMs: timeoutMs + OPERATOR_LIMITS.invokeMarginMs },
  );
}

/** What the node answered, out of the Gateway's answer to `node.invoke`. */
export function nodePayload(answer: unknown): unknown {
  const { payload, payloadJSON } = parseAnswer(nodeInvokeAnswerSchema, answer, "node.invoke");
  if (payload !== undefined && payload !== null) return payload;
  try {
    return payloadJSON === undefined || payloadJSON === null ? undefined : JSON.parse(payloadJSON);
  } catch (cause) {
    throw new CliError("bad-answer", "the node's answer is not JSON", [], { cause });
  }
}
