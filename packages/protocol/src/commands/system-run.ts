import * as z from "zod/mini";
import { boundedText, orAbsent, orBlank, orElse } from "../field-schemas.ts";
import { LIMITS } from "../limits.ts";
import { utf8Length } from "../parse.ts";
import { systemRunPlanSchema, type SystemRunPlan } from "./system-run-plan.ts";

export type ApprovalDecision = "allow-once" | "allow-always" | "deny";

/** Params of `system.run`. Source: protocol section 4.4, exec section 2.1. */
export interface SystemRunParams {
  readonly command: readonly string[];
  readonly rawCommand?: string | undefined;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds; undefined means no limit of the request's own. */
  readonly timeoutMs?: number | undefined;
  readonly needsScreenRecording: boolean;
  readonly agentId?: string | undefined;
  readonly sessionKey?: string | undefined;
  readonly runId?: string | undefined;
  readonly approved: boolean;
  readonly approvalDecision?: "allow-once" | "allow-always" | undefined;
  /** As sent; unknown values are for the policy to refuse. */
  readonly approvalSource?: string | undefined;
  readonly suppressNotifyOnExit?: boolean | undefined;
  readonly systemRunPlan?: SystemRunPlan | undefined;
}

const NO_NUL = /^[^\0]*$/u;
const argument = z.string().check(z.regex(NO_NUL, "an argument holds a NUL byte"));
const shortText = orBlank(z.string().check(z.maxLength(4096), z.regex(NO_NUL, "text holds a NUL byte")));

export const commandSchema: z.ZodMiniType<readonly string[]> = z.array(argument, "command required").check(
  z.minLength(1, "command required"),
  z.maxLength(LIMITS.argvItems, `more than ${LIMITS.argvItems} arguments`),
  z.refine((argv) => argv[0] !== "", "command required"),
  z.refine(
    (argv) => argv.reduce((sum, item) => sum + utf8Length(item) + 1, 0) <= LIMITS.argvBytes,
    `arguments are larger than ${LIMITS.argvBytes} bytes`,
  ),
);

export const environmentSchema: z.ZodMiniType<Readonly<Record<string, string>>> = z
  .record(z.string(), z.string())
  .check(
    z.refine(
      (env) => Object.keys(env).length <= LIMITS.envItems,
      `more than ${LIMITS.envItems} environment overrides`,
    ),
    z.refine(
      (env) =>
        Object.entries(env).reduce((sum, [key, value]) => sum + key.length + utf8Length(value), 0) <=
        LIMITS.envBytes,
      `environment overrides are larger than ${LIMITS.envBytes} bytes`,
    ),
  );

const rawParamsSchema = z.object({
  command: commandSchema,
  rawCommand: orBlank(boundedText(LIMITS.argvBytes)),
  cwd: shortText,
  env: orAbsent(environmentSchema),
  timeoutMs: orAbsent(z.number()),
  needsScreenRecording: orElse(z.boolean(), false),
  agentId: shortText,
  sessionKey: shortText,
  runId: shortText,
  approved: orElse(z.boolean(), false),
  approvalDecision: orAbsent(z.string()),
  approvalSource: orAbsent(boundedText(64)),
  suppressNotifyOnExit: orAbsent(z.boolean()),
  systemRunPlan: orAbsent(systemRunPlanSchema),
});

export const systemRunParamsSchema: z.ZodMiniType<SystemRunParams> = z.pipe(
  rawParamsSchema,
  z.transform((raw: z.infer<typeof rawParamsSchema>): SystemRunParams => {
    const { timeoutMs, approvalDecision, ...rest } = raw;
    return {
      ...rest,
      timeoutMs: timeoutMs !== undefined && timeoutMs > 0 ? timeoutMs : undefined,
      approvalDecision:
        approvalDecision === "allow-once" || approvalDecision === "allow-always"
          ? approvalDecision
          : undefined,
    };
  }),
);

/** Payload of a successful invoke of `system.run`. Source: exec section 4.1. */
export interface SystemRunResult {
  /** Absent when a signal ended the run or when it never started; 124 after a time-out. */
  readonly exitCode?: number | undefined;
  readonly timedOut: boolean;
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly error: string | null;
}

export const systemRunResultSchema: z.ZodMiniType<SystemRunResult> = z.object({
  exitCode: orAbsent(z.number()),
  timedOut: z.boolean(),
  success: z.boolean(),
  stdout: z.string(),
  stderr: z.string(),
  error: orElse(z.string(), null),
});
