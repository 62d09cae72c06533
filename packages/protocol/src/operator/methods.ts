import * as z from "zod/mini";
import { nonEmptyText, wholeNumber } from "../field-schemas.ts";
import { execApprovalsFileSchema, type ExecApprovalsFile } from "../commands/exec-approvals.ts";
import { systemRunPlanSchema, type SystemRunPlan } from "../commands/system-run-plan.ts";

type None = Readonly<Record<string, never>>;
interface ByRequest {
  readonly requestId: string;
}
interface ByNode {
  readonly nodeId: string;
}

/** Params of `exec.approval.request`; for `host: "node"` the newer Gateways want `nodeId` and `systemRunPlan`. */
export interface ApprovalRequestParams {
  readonly id?: string | undefined;
  readonly command?: string | undefined;
  readonly commandArgv?: readonly string[] | undefined;
  readonly systemRunPlan?: SystemRunPlan | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | null | undefined;
  readonly nodeId?: string | null | undefined;
  readonly host?: string | null | undefined;
  readonly security?: string | null | undefined;
  readonly ask?: string | null | undefined;
  readonly agentId?: string | null | undefined;
  readonly resolvedPath?: string | null | undefined;
  readonly sessionKey?: string | null | undefined;
  /** Milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly twoPhase?: boolean | undefined;
  /** false: ask also when nobody who could decide is connected right now. The two newest Gateways only. */
  readonly requireDeliveryRoute?: boolean | undefined;
}

/** Params of each operator method that we call. Source: protocol section 5. */
export interface OperatorMethodParams {
  "node.list": None;
  "node.describe": ByNode;
  "node.rename": { readonly nodeId: string; readonly displayName: string };
  "node.invoke": {
    readonly nodeId: string;
    readonly command: string;
    readonly params?: unknown;
    readonly timeoutMs?: number | undefined;
    readonly idempotencyKey: string;
  };
  "node.pair.list": None;
  "node.pair.approve": ByRequest;
  "node.pair.reject": ByRequest;
  "node.pair.remove": ByNode;
  "device.pair.list": None;
  "device.pair.approve": ByRequest;
  "device.pair.reject": ByRequest;
  "device.pair.remove": { readonly deviceId: string };
  "exec.approvals.get": None;
  "exec.approvals.set": {
    readonly file: ExecApprovalsFile;
    readonly baseHash?: string | undefined;
  };
  "exec.approvals.node.get": ByNode;
  "exec.approvals.node.set": ByNode & {
    readonly file: ExecApprovalsFile;
    readonly baseHash?: string | undefined;
  };
  "exec.approval.request": ApprovalRequestParams;
  "exec.approval.waitDecision": { readonly id: string };
  "exec.approval.resolve": { readonly id: string; readonly decision: string };
  "exec.approval.list": None;
}

export type OperatorMethod = keyof OperatorMethodParams;

const id = nonEmptyText;
const none: z.ZodMiniType<None> = z.strictObject({});
const byRequest: z.ZodMiniType<ByRequest> = z.strictObject({ requestId: id });
const byNode: z.ZodMiniType<ByNode> = z.strictObject({ nodeId: id });
const timeoutMs = wholeNumber;

/** The closed schema of each, for whoever receives the call. */
export const OPERATOR_METHODS: {
  readonly [M in OperatorMethod]: z.ZodMiniType<OperatorMethodParams[M]>;
} = {
  "node.list": none,
  "node.describe": byNode,
  "node.rename": z.strictObject({ nodeId: id, displayName: nonEmptyText }),
  "node.invoke": z.strictObject({
    nodeId: id,
    command: id,
    params: z.optional(z.unknown()),
    timeoutMs: z.optional(timeoutMs),
    idempotencyKey: id,
  }),
  "node.pair.list": none,
  "node.pair.approve": byRequest,
  "node.pair.reject": byRequest,
  "node.pair.remove": byNode,
  "device.pair.list": none,
  "device.pair.approve": byRequest,
  "device.pair.reject": byRequest,
  "device.pair.remove": z.strictObject({ deviceId: id }),
  "exec.approvals.get": none,
  "exec.approvals.set": z.strictObject({
    file: execApprovalsFileSchema,
    baseHash: z.optional(z.string()),
  }),
  "exec.approvals.node.get": byNode,
  "exec.approvals.node.set": z.strictObject({
    nodeId: id,
    file: execApprovalsFileSchema,
    baseHash: z.optional(z.string()),
  }),
  "exec.approval.request": z.strictObject({
    id: z.optional(id),
    command: z.optional(z.string()),
    commandArgv: z.optional(z.array(z.string())),
    systemRunPlan: z.optional(systemRunPlanSchema),
    env: z.optional(z.record(z.string(), z.string())),
    cwd: z.nullish(z.string()),
    nodeId: z.nullish(id),
    host: z.nullish(z.string()),
    security: z.nullish(z.string()),
    ask: z.nullish(z.string()),
    agentId: z.nullish(z.string()),
    resolvedPath: z.nullish(z.string()),
    sessionKey: z.nullish(z.string()),
    timeoutMs: z.optional(z.int().check(z.minimum(1))),
    twoPhase: z.optional(z.boolean()),
    requireDeliveryRoute: z.optional(z.boolean()),
  }),
  "exec.approval.waitDecision": z.strictObject({ id }),
  "exec.approval.resolve": z.strictObject({ id, decision: nonEmptyText }),
  "exec.approval.list": none,
};

/** Methods that a node may call besides `connect`. Source: protocol section 4.3. */
export const NODE_METHODS = ["node.invoke.result", "node.event", "skills.bins"] as const;
export type NodeMethod = (typeof NODE_METHODS)[number];
