import { GATE_NAMES, type MissCause, type Rule } from "@openclaw/approvals";
import * as z from "zod/mini";
import { CONTROL_LIMITS } from "./control-socket.ts";
import type { CheckGate, CheckSegment, DryRun } from "./dry-run.ts";

/** Exactly one of `argv` and `raw`. */
export interface CheckParams {
  readonly argv?: readonly string[] | undefined;
  /** A text for the shell of the host. */
  readonly raw?: string | undefined;
  readonly agent: string;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** What the host answers; a failure is `{"ok":false,"error"}`. */
export interface CheckAnswer {
  readonly ok: true;
  readonly pid: number;
  readonly version: string;
  /** Where its runs start that name no directory. */
  readonly hostCwd: string;
  /** While it is, every run is refused, whatever the decision. */
  readonly paused: boolean;
  /** What was judged: for a text, with its shell. */
  readonly argv: readonly string[];
  readonly policy: { readonly path: string; readonly exists: boolean; readonly hash: string };
  readonly run: DryRun;
}

const bounded = z.string().check(z.maxLength(CONTROL_LIMITS.lineBytes));

/** Only the form: what a request may hold is judged as a part of it. The line bounds the whole. */
export const checkParamsSchema: z.ZodMiniType<CheckParams> = z
  .strictObject({
    argv: z.optional(z.array(bounded).check(z.maxLength(CONTROL_LIMITS.lineBytes))),
    raw: z.optional(bounded),
    agent: bounded,
    cwd: z.optional(bounded),
    env: z.optional(z.record(bounded, bounded)),
  })
  .check(z.refine(({ argv, raw }) => (argv === undefined) !== (raw === undefined)));

const text = z.string();
const texts = z.array(text);
const outcome = z.enum(["allow", "ask", "deny", "invalid"]);
/** Codes are for programs and pass through, also those of a later version. */
const reason = z.custom<DryRun["reason"]>((value) => typeof value === "string");
const kinded = (value: unknown): boolean => typeof Reflect.get(Object(value), "kind") === "string";
const rule = z.optional(z.custom<Rule>(kinded));

const gate: z.ZodMiniType<CheckGate> = z.object({
  name: z.enum([...GATE_NAMES, "environment"]),
  status: z.enum(["passed", "failed", "not-reached", "unknown"]),
  detail: text,
  decided: z.exactOptional(z.object({ outcome, reason, rule })),
});

const segment: z.ZodMiniType<CheckSegment> = z.object({
  typed: texts,
  resolved: z.optional(text),
  covered: z.boolean(),
  by: rule,
  cause: z.optional(z.custom<MissCause>(kinded)),
  detail: text,
});

const run: z.ZodMiniType<DryRun> = z.object({
  outcome,
  reason,
  rule,
  sentence: text,
  gates: z.array(gate),
  segments: z.array(segment),
  start: z.optional(z.object({ executable: text, argv: texts, cwd: text, bindings: texts })),
  remedy: z.object({
    proven: z.boolean(),
    steps: z.array(
      z.object({
        kind: z.enum(["add-entry", "remove-deny-entry", "edit-policy", "change-request", "advice"]),
        text,
        command: z.optional(texts),
      }),
    ),
  }),
  approval: z.optional(z.object({ possible: z.boolean(), why: z.exactOptional(text) })),
});

export const checkAnswerSchema: z.ZodMiniType<CheckAnswer> = z.object({
  ok: z.literal(true),
  pid: z.number(),
  version: text,
  hostCwd: text,
  paused: z.boolean(),
  argv: texts,
  policy: z.object({ path: text, exists: z.boolean(), hash: text }),
  run,
});
