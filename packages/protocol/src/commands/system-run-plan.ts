import * as z from "zod/mini";
import { boundedText, orAbsent, orElse, wholeNumber } from "../field-schemas.ts";
import { LIMITS } from "../limits.ts";

export type ExecSecurity = "deny" | "allowlist" | "full";
export type ExecAsk = "off" | "on-miss" | "always";

export interface PlanRule {
  readonly pattern: string;
  readonly argPattern?: string | undefined;
  readonly source?: "allow-always" | undefined;
}

/** The policy as it stood when a plan was prepared. Source: exec section 2.6. */
export interface PolicySnapshot {
  readonly security: ExecSecurity;
  readonly ask: ExecAsk;
  readonly askFallback: ExecSecurity;
  readonly autoAllowSkills: boolean;
  readonly allowlistRules: readonly PlanRule[];
}

export interface MutableFileOperand {
  readonly argvIndex: number;
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** The wire form of a plan: `systemRunPlan` of `system.run`, `plan` of `system.run.prepare`. */
export interface SystemRunPlan {
  readonly argv: readonly string[];
  readonly cwd: string | null;
  readonly commandText: string;
  readonly commandPreview: string | null;
  readonly agentId: string | null;
  readonly sessionKey: string | null;
  readonly mutableFileOperand?: MutableFileOperand | undefined;
  readonly policySnapshot?: PolicySnapshot | undefined;
}

const security = z.enum(["deny", "allowlist", "full"]);
const nullable = orElse(boundedText(LIMITS.argvBytes), null);

export const policySnapshotSchema: z.ZodMiniType<PolicySnapshot> = z.object({
  security,
  ask: z.enum(["off", "on-miss", "always"]),
  askFallback: security,
  autoAllowSkills: z.boolean(),
  allowlistRules: z
    .array(
      z.object({
        pattern: z.string(),
        argPattern: z.optional(z.string()),
        source: z.optional(z.literal("allow-always")),
      }),
    )
    .check(z.maxLength(4096)),
});

export const systemRunPlanSchema: z.ZodMiniType<SystemRunPlan> = z.object({
  argv: z.array(z.string()).check(z.minLength(1), z.maxLength(LIMITS.argvItems)),
  cwd: nullable,
  commandText: boundedText(LIMITS.argvBytes),
  commandPreview: nullable,
  agentId: nullable,
  sessionKey: nullable,
  mutableFileOperand: orAbsent<MutableFileOperand>(
    z.object({ argvIndex: wholeNumber, path: z.string(), sha256: z.string() }),
  ),
  policySnapshot: orAbsent(policySnapshotSchema),
});
