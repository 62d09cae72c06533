import type { ApprovalRequestParams, PolicySnapshot, SystemRunPlan } from "@openclaw/protocol";
import { z } from "zod";
import type { EraRules } from "./era.ts";

/** Params of `exec.approval.request`; the last field is known to the newest era only. */
export interface ApprovalRequest extends ApprovalRequestParams {
  /** `false` keeps the question open although nobody who is connected can answer it. */
  readonly requireDeliveryRoute?: boolean | undefined;
}

const nullableText = z.string().nullable();
const optionalText = nullableText.optional();
const name = z.string().min(1);
const SECURITY = ["deny", "allowlist", "full"] as const;

const snapshot: z.ZodType<PolicySnapshot> = z.strictObject({
  security: z.enum(SECURITY),
  ask: z.enum(["off", "on-miss", "always"]),
  askFallback: z.enum(SECURITY),
  autoAllowSkills: z.boolean(),
  allowlistRules: z.array(
    z.strictObject({
      pattern: z.string(),
      argPattern: z.string().optional(),
      source: z.literal("allow-always").optional(),
    }),
  ),
});

const plan = {
  argv: z.array(z.string()),
  cwd: nullableText,
  commandText: z.string(),
  commandPreview: optionalText.transform((text) => text ?? null),
  agentId: nullableText,
  sessionKey: nullableText,
  mutableFileOperand: z
    .strictObject({ argvIndex: z.number().int().min(0), path: z.string(), sha256: z.string() })
    .nullish()
    .transform((operand) => operand ?? undefined),
};
const plainPlan: z.ZodType<SystemRunPlan> = z.strictObject(plan);
const planWithPolicy: z.ZodType<SystemRunPlan> = z.strictObject({
  ...plan,
  policySnapshot: snapshot.optional(),
});

const oldest = {
  id: name.optional(),
  command: name.optional(),
  cwd: optionalText,
  host: optionalText,
  security: optionalText,
  ask: optionalText,
  agentId: optionalText,
  resolvedPath: optionalText,
  sessionKey: optionalText,
  timeoutMs: z.number().int().min(1).optional(),
};

const bound = {
  ...oldest,
  commandArgv: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  nodeId: name.nullish(),
  turnSourceChannel: optionalText,
  turnSourceTo: optionalText,
  turnSourceAccountId: optionalText,
  turnSourceThreadId: z.union([z.string(), z.number()]).nullish(),
  twoPhase: z.boolean().optional(),
};

const newest = {
  ...bound,
  systemRunPlan: planWithPolicy.optional(),
  warningText: optionalText,
  sessionId: optionalText,
  runId: optionalText,
  toolCallId: optionalText,
  approvalReviewerDeviceIds: z.array(name).optional(),
  requireDeliveryRoute: z.boolean().optional(),
  suppressDelivery: z.boolean().optional(),
  deliverToApprovalClientsOnly: z.boolean().optional(),
};

/** The closed schema of an era. Only the newest takes a plan with its policy snapshot. */
export function approvalRequestSchema(rules: EraRules): z.ZodType<ApprovalRequest> {
  if (rules.approvalRoute === "none") return z.strictObject({ ...oldest, command: name });
  if (rules.approvalRoute === "approval-client") return z.strictObject(newest);
  return z.strictObject({ ...bound, systemRunPlan: plainPlan.optional() });
}
