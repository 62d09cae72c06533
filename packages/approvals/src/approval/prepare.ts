import type {
  AllowAlwaysCoverage,
  ExecAsk,
  ExecSecurity,
  MutableFileOperand,
  SystemRunPlan,
  SystemRunPrepareResult,
} from "@openclaw/protocol";
import { commandTextOf, rawCommandAgrees } from "../command/canonical.ts";
import { grantsOf } from "../command/grants.ts";
import type { DenyReason } from "../decision.ts";
import type { Facts } from "../facts.ts";
import { guardFacts } from "../guard-facts.ts";
import type { JudgeOptions } from "../judge-options.ts";
import { judgeCommand, type Judgement } from "../judge.ts";
import type { LoadedPolicy } from "../policy/document.ts";
import { effectivePolicy, type EffectivePolicy } from "../policy/effective.ts";
import { stricterAsk, stricterSecurity } from "../policy/order.ts";
import { wireRefusal } from "../refusal.ts";
import { requestProblem } from "../request-check.ts";
import type { RunRequest } from "../request.ts";
import { planRun } from "../run-plan.ts";
import { shellPayload } from "../shell/payload.ts";
import { bindCommand } from "./bind-command.ts";
import { environmentHash } from "./environment-hash.ts";
import type { PreparedBinding, PreparedPlan } from "./prepared-plans.ts";
import { policySnapshot } from "./snapshot.ts";

/** What the Gateway's own configuration demands; the newest Gateways send both. */
export interface PrepareCaller {
  readonly security?: ExecSecurity | undefined;
  readonly ask?: ExecAsk | undefined;
  /** Whether code in arguments needs an approval; the stricter of this and our own counts. */
  readonly strictInlineEval?: boolean | undefined;
}

export type PrepareOutcome =
  | { readonly ok: true; readonly result: SystemRunPrepareResult; readonly prepared: PreparedPlan }
  /** `message` is the exact INVALID_REQUEST text. */
  | { readonly ok: false; readonly message: string };

/**
 * Answers `system.run.prepare`; the caller keeps `prepared` in its `PreparedPlans`. A
 * command that may need an approval must be bindable to files; one that the policy allows
 * by itself is judged again when it runs, so it is planned even where nothing can be bound.
 * Source: exec section 2.6.
 */
export function prepareRun(
  request: RunRequest,
  policy: LoadedPolicy,
  facts: Facts,
  caller: PrepareCaller = {},
  options: JudgeOptions = {},
): PrepareOutcome {
  const malformed = requestProblem(request);
  if (malformed !== undefined) return { ok: false, message: malformed.message };
  if (!rawCommandAgrees(request, facts.pathStyle)) {
    return { ok: false, message: "INVALID_REQUEST: rawCommand does not match command" };
  }
  const guarded = guardFacts(facts);
  const effective = effectivePolicy(policy, request.agentId);
  const strictInlineEval = options.strictInlineEval === true || caller.strictInlineEval === true;
  const judging = { ...options, strictInlineEval };
  const judged = judgeCommand(request, effective, guarded, undefined, judging);
  const unasked = runsUnasked(effective, judged);
  const strict =
    unasked && effective.security.value === "full"
      ? undefined
      : bindStrictly(request, effective, judged, guarded, judging);
  if (strict?.ok === false && (!unasked || !strict.optional)) {
    return { ok: false, message: strict.message };
  }
  const binding = strict?.ok === true ? strict.value : undefined;
  const argv = binding?.argv ?? request.argv;
  const plan: SystemRunPlan = {
    argv,
    cwd: binding?.cwd ?? request.cwd ?? null,
    commandText: commandTextOf(argv),
    commandPreview: shellPayload(argv, facts.pathStyle) ?? null,
    agentId: request.agentId ?? null,
    sessionKey: request.sessionKey ?? null,
    ...(binding?.operand === undefined ? {} : { mutableFileOperand: binding.operand }),
    policySnapshot: policySnapshot(effective),
  };
  const execPolicy = {
    security: stricterSecurity(effective.security.value, caller.security ?? "full"),
    ask: stricterAsk(effective.ask.value, caller.ask ?? "off"),
  };
  return {
    ok: true,
    result: { plan, execPolicy, allowAlwaysCoverage: binding?.coverage ?? NO_COVERAGE },
    prepared: {
      plan,
      ...(binding?.typedName === undefined ? {} : { typedName: binding.typedName }),
      ...(binding === undefined ? {} : { bound: withEnvironment(binding.bound, request, caller) }),
    },
  };
}

interface StrictBinding {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly typedName?: string | undefined;
  readonly operand?: MutableFileOperand | undefined;
  readonly bound: PreparedBinding;
  readonly coverage: AllowAlwaysCoverage;
}

type StrictResult =
  | { readonly ok: true; readonly value: StrictBinding }
  /** `optional`: the command could still run without an approval. */
  | { readonly ok: false; readonly message: string; readonly optional: boolean };

function bindStrictly(
  request: RunRequest,
  effective: EffectivePolicy,
  judged: Judgement,
  facts: Facts,
  options: JudgeOptions,
): StrictResult {
  const planned = planRun(request, effective, judged, facts, true);
  if (!planned.ok) return { ok: false, message: refusalText(planned.reason), optional: false };
  const command = bindCommand(request.argv, judged, facts);
  if (!command.ok) return { ok: false, message: command.message, optional: true };
  const { argv, typedName, operand } = command;
  const cwd = request.cwd ?? facts.hostCwd;
  // What runs later is read from the plan, so it is read from the plan here as well.
  const later = { ...request, argv, cwd, rawCommand: commandTextOf(argv) };
  const asked = judgeCommand(later, effective, facts, typedName, options);
  const run = planRun(later, effective, asked, facts, true);
  if (!run.ok) return { ok: false, message: refusalText(run.reason), optional: true };
  return {
    ok: true,
    value: {
      argv,
      cwd,
      ...(typedName === undefined ? {} : { typedName }),
      ...(operand === undefined ? {} : { operand }),
      bound: {
        executable: run.plan.executable,
        argv: run.plan.argv,
        cwd: run.plan.cwd,
        bindings: run.plan.bindings,
      },
      coverage: coverageOf(asked, effective, facts, options),
    },
  };
}

const NO_COVERAGE: AllowAlwaysCoverage = { complete: false, patterns: [] };

/**
 * What "allow always" would save. A program whose content is no longer what was approved is
 * never covered completely: the Gateway has to ask again, although it sees the entry.
 */
function coverageOf(
  judged: Judgement,
  { allowlist }: EffectivePolicy,
  facts: Facts,
  { alwaysGrants }: JudgeOptions,
): AllowAlwaysCoverage {
  if (alwaysGrants === false) return NO_COVERAGE;
  const { complete, entries } = grantsOf(judged, facts);
  const stale = allowlist.some(({ entry }) =>
    entries.some(
      (each) =>
        each.pattern === entry.pattern &&
        each.argPattern === entry.argPattern &&
        entry.contentSha256 !== undefined &&
        each.contentSha256 !== entry.contentSha256,
    ),
  );
  const patterns = entries.map(({ pattern, argPattern = "" }) => ({ pattern, argPattern }));
  return { complete: complete && !stale, patterns };
}

/** Whether the policy lets the command run without asking anybody. */
function runsUnasked({ security, ask }: EffectivePolicy, judged: Judgement): boolean {
  if (ask.value === "always" || judged.denied !== undefined) return false;
  if (judged.view.inlineEval !== undefined) return false;
  return security.value === "full"
    ? !judged.denyUnproven
    : security.value === "allowlist" && judged.coverage.covered;
}

/** Only the newest Gateways send the environment with the prepare; they also send both values. */
function withEnvironment(
  bound: PreparedBinding,
  request: RunRequest,
  caller: PrepareCaller,
): PreparedBinding {
  const sent = caller.security !== undefined && caller.ask !== undefined;
  return sent ? { ...bound, envHash: environmentHash(request.env) } : bound;
}

function refusalText(reason: DenyReason): string {
  if (reason === "executable-unresolved") {
    return "SYSTEM_RUN_DENIED: approval requires a stable executable path";
  }
  const view = { commandText: "", segments: [] };
  return wireRefusal({ outcome: "deny", reason, rule: { kind: "request" }, view }).message;
}
