import * as z from "zod/mini";
import { boundedText, orAbsent, orBlank } from "../field-schemas.ts";
import { LIMITS } from "../limits.ts";
import { commandSchema, environmentSchema } from "./system-run.ts";
import {
  systemRunPlanSchema,
  type ExecAsk,
  type ExecSecurity,
  type SystemRunPlan,
} from "./system-run-plan.ts";

/** Params of `system.run.prepare`. Source: exec section 2.6. */
export interface SystemRunPrepareParams {
  readonly command: readonly string[];
  readonly rawCommand?: string | undefined;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly agentId?: string | undefined;
  readonly sessionKey?: string | undefined;
  /** What the Gateway's own configuration demands; sent by the newest Gateways only. */
  readonly security?: ExecSecurity | undefined;
  readonly ask?: ExecAsk | undefined;
  /** Whether the Gateway's configuration wants an approval for code in arguments. */
  readonly strictInlineEval?: boolean | undefined;
}

const text = orBlank(boundedText(4096));
const security = z.enum(["deny", "allowlist", "full"]);
const ask = z.enum(["off", "on-miss", "always"]);

export const systemRunPrepareParamsSchema: z.ZodMiniType<SystemRunPrepareParams> = z.object({
  command: commandSchema,
  rawCommand: orBlank(boundedText(LIMITS.argvBytes)),
  cwd: text,
  env: orAbsent(environmentSchema),
  agentId: text,
  sessionKey: text,
  security: orAbsent<ExecSecurity>(security),
  ask: orAbsent<ExecAsk>(ask),
  strictInlineEval: orAbsent(z.boolean()),
});

/** What "allow always" would save, so that a Gateway can tell whether it covers the command. */
export interface AllowAlwaysCoverage {
  readonly complete: boolean;
  readonly patterns: readonly {
    readonly pattern: string;
    readonly argPattern?: string | undefined;
  }[];
}

export interface SystemRunPrepareResult {
  readonly plan: SystemRunPlan;
  readonly execPolicy?: { readonly security: ExecSecurity; readonly ask: ExecAsk } | undefined;
  readonly allowAlwaysCoverage?: AllowAlwaysCoverage | undefined;
}

export const systemRunPrepareResultSchema: z.ZodMiniType<SystemRunPrepareResult> = z.object({
  plan: systemRunPlanSchema,
  execPolicy: z.optional(z.object({ security, ask })),
  allowAlwaysCoverage: z.optional(
    z.object({
      complete: z.boolean(),
      patterns: z.array(z.object({ pattern: z.string(), argPattern: z.optional(z.string()) })),
    }),
  ),
});
