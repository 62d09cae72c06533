import type { ApprovalRequestParams, PolicySnapshot, SystemRunPlan } from "@openclaw/protocol";
import * as z from "zod/mini";
import type { EraRules } from "./era.ts";

/** Params of `exec.approval.request`; the last field is known to the newest era only. */
export interface ApprovalRequest extends ApprovalRequestParams {
  /** `false` keeps the question open although nobody who is connected can answer it. */
  readonly requireDeliveryRoute?: boolean | undefined;
}

const nullableText = z.nullable(z.string());
const optionalText = z.optional(nullableText);
const name = z.string().check(z.minLength(1));
const SECURITY = ["deny", "allowlist", "full"] as const;

const snapshot: z.ZodMiniType<PolicySnapshot> = z.strictObject({
  security: z.enum(SECURITY),
  ask: z.enum(["off", "on-miss", "always"]),
  askFallback: z.enum(SECURITY),
  autoAllowSkills: z.boolean(),
  allowlistRules: z.array(
    z.strictObject({
      pattern: z.string(),
      argPattern: z.optional(z.string()),
      source: z.optional(z.literal("allow-always")),
    }),
  ),
});

const operand = z.strictObject({
  argvIndex: z.int().check(z.minimum(0)),
  path: z.string(),
  sha256: z.string(),
});

const plan = {
  argv: z.array(z.string()),
  cwd: nullableText,
  commandText: z.string(),
  commandPreview: z.pipe(
    optionalText,
    z.transform((text: string | null | undefined) => text ?? null),
  ),
  agentId: nullableText,
  sessionKey: nullableText,
  mutableFileOperand: z.pipe(
    z.nullish(operand),
    z.transform((given: z.infer<typeof operand> | null | undefined) => given ?? undefined),
  ),
};
const plainPlan: z.ZodMiniType<SystemRunPlan> = z.strictObject(plan);
const planWithPolicy: z.ZodMiniType<SystemRunPlan> = z.strictObject({
  ...plan,
  policySnapshot: z.optional(snapshot),
});

const oldest = {
  id: z.optional(name),
  command: z.optional(name),
  cwd: optionalText,
  host: optionalText,
  security: optionalText,
  ask: optionalText,
  agentId: optionalText,
  resolvedPath: optionalText,
  sessionKey: optionalText,
  timeoutMs: z.optional(z.int().check(z.minimum(1))),
};

const bound = {
  ...oldest,
  commandArgv: z.optional(z.array(z.string())),
  env: z.optional(z.record(z.string(), z.string())),
  nodeId: z.nullish(name),
  turnSourceChannel: optionalText,
  turnSourceTo: optionalText,
  turnSourceAccountId: optionalText,
  turnSourceThreadId: z.nullish(z.union([z.string(), z.number()])),
  twoPhase: z.optional(z.boolean()),
};

const newest = {
  ...bound,
  systemRunPlan: z.optional(planWithPolicy),
  warningText: optionalText,
  sessionId: optionalText,
  runId: optionalText,
  toolCallId: optionalText,
  approvalReviewerDeviceIds: z.optional(z.array(name)),
  requireDeliveryRoute: z.optional(z.boolean()),
  suppressDelivery: z.optional(z.boolean()),
  deliverToApprovalClientsOnly: z.optional(z.boolean()),
};

/** The closed schema of an era. Only the newest takes a plan with its policy snapshot. */
export function approvalRequestSchema(rules: EraRules): z.ZodMiniType<ApprovalRequest> {
  if (rules.approvalRoute === "none") return z.strictObject({ ...oldest, command: name });
  if (rules.approvalRoute === "approval-client") return z.strictObject(newest);
  return z.strictObject({ ...bound, systemRunPlan: z.optional(plainPlan) });
}
