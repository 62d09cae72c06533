import {
  explain,
  explainSegment,
  findRemedy,
  GATE_NAMES,
  prepareRun,
  traceDecision,
  type DecideOptions,
  type Decision,
  type Facts,
  type Gate,
  type GateName,
  type GateStatus,
  type LoadedPolicy,
  type Remedy,
  type Rule,
  type RunRequest,
  type SegmentView,
} from "@openclaw/approvals";
import { parseWith, systemRunParamsSchema, type RunPlan, type SystemRunParams } from "@openclaw/protocol";
import { runEnvironment } from "./run-environment.ts";
import { runRequest } from "./run-request.ts";
import { withChosenShell, type ShellSetting } from "./run-shell.ts";

/** A gate of the engine, or the environment, which stands before the engine. */
export interface CheckGate {
  readonly name: GateName | "environment";
  /** `unknown`: what it needs cannot be seen from here; it is taken for passed. */
  readonly status: GateStatus | "unknown";
  readonly detail: string;
  readonly decided?: {
    readonly outcome: Decision["outcome"];
    readonly reason: Decision["reason"] | "environment-refused";
    readonly rule?: Rule | undefined;
  };
}

/** One part of a command, with a sentence about it. */
export interface CheckSegment extends SegmentView {
  readonly detail: string;
}

/** What the host would do with a request that nobody has approved. */
export interface DryRun {
  readonly outcome: Decision["outcome"];
  readonly reason: Decision["reason"] | "environment-refused";
  readonly rule?: Rule | undefined;
  readonly sentence: string;
  readonly gates: readonly CheckGate[];
  /** The programs that it starts, wrappers and shells peeled off. */
  readonly segments: readonly CheckSegment[];
  /** What would start; only where it may. */
  readonly start?: DryStart | undefined;
  readonly remedy: Remedy;
  /** Whether an operator's answer could let it run; only where one would be asked. */
  readonly approval?: { readonly possible: boolean; readonly why?: string } | undefined;
}

/** The files of a plan, and not its environment, which may hold secrets. */
export interface DryStart {
  readonly executable: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Everything that is checked again before the start. */
  readonly bindings: readonly string[];
}

/** Where it is judged: on this machine, or by what is known of another one. */
export interface DryRunPlace {
  readonly host: {
    readonly hostEnv: Readonly<Record<string, string | undefined>>;
    readonly platform: NodeJS.Platform;
    /** The owner's shell. */
    readonly shell?: ShellSetting | undefined;
  };
  readonly policy: LoadedPolicy;
  readonly options: DecideOptions;
  readonly facts: (env: Readonly<Record<string, string>>) => Facts;
}

/** Goes the way of `system.run` up to the start, with the same code, and starts nothing. */
export function dryRun(wished: unknown, place: DryRunPlace): DryRun {
  const parsed = parseWith(systemRunParamsSchema, wished, "the request");
  if (!parsed.ok) return refused("request", "malformed-request", parsed.error.message);
  const params = withChosenShell(parsed.value, place.host.shell, place.host.platform);
  const environment = runEnvironment(place.host, params);
  if (!environment.ok) {
    const message = environment.message.replace(/^SYSTEM_RUN_DENIED: /u, "");
    return refused("environment", "environment-refused", message);
  }
  const request = runRequest(params, environment.env);
  const facts = place.facts(environment.env);
  const { decision, gates } = traceDecision(request, place.policy, facts, place.options);
  const passed = gates[0]?.status === "passed";
  const detail = passed ? environmentText(params, environment.env) : "";
  return {
    outcome: decision.outcome,
    reason: decision.reason,
    ...(decision.outcome === "invalid" ? {} : { rule: decision.rule }),
    sentence: explain(decision, params.agentId).sentence,
    gates: withEnvironment(gates, { name: "environment", status: passed ? "passed" : "not-reached", detail }),
    segments: segmentsOf(decision, params.agentId),
    ...(decision.outcome === "allow" ? { start: startOf(decision.plan) } : {}),
    remedy: findRemedy(request, place.policy, facts, place.options),
    ...(decision.outcome === "ask" ? { approval: approvalOf(request, facts, place) } : {}),
  };
}

function startOf({ executable, argv, cwd, bindings }: RunPlan): DryStart {
  return { executable, argv, cwd, bindings: bindings.map(({ path }) => path) };
}

/** Gateways let the node prepare what they ask about; what cannot be bound cannot be approved. */
function approvalOf(
  request: RunRequest,
  facts: Facts,
  { policy, options }: DryRunPlace,
): NonNullable<DryRun["approval"]> {
  if (options.gatewayApprovals === false) {
    return { possible: false, why: "`gatewayApprovals` is off in node.json" };
  }
  const prepared = prepareRun(request, policy, facts, {}, options);
  if (prepared.ok) return { possible: true };
  // Behind the first line stands advice for an agent.
  const [why = ""] = prepared.message.replace(/^[A-Z_]+: /u, "").split("\n");
  return { possible: false, why };
}

/** A request that does not come as far as the engine. */
function refused(
  gate: "request" | "environment",
  reason: "malformed-request" | "environment-refused",
  sentence: string,
): DryRun {
  const decided = { outcome: "invalid", reason } as const;
  const names = GATE_NAMES.map((name): Gate => ({ name, status: "not-reached", detail: "" }));
  const gates = withEnvironment(names, { name: "environment", status: "not-reached", detail: "" });
  const advice = gate === "request" ? sentence : "leave these variables out; they are the owner's to set";
  return {
    ...decided,
    sentence,
    gates: gates.map((each): CheckGate => {
      if (each.name === gate) return { name: gate, status: "failed", detail: sentence, decided };
      return each.name === "request" ? { ...each, status: "passed", detail: "it can be read" } : each;
    }),
    segments: [],
    remedy: { proven: false, steps: [{ kind: "advice", text: advice }] },
  };
}

function segmentsOf({ view }: Decision, agentId: string | undefined): readonly CheckSegment[] {
  if (view === undefined) return [];
  return view.segments.map((segment) => ({ ...segment, detail: explainSegment(segment, view, agentId) }));
}

function withEnvironment(gates: readonly Gate[], environment: CheckGate): readonly CheckGate[] {
  return gates.flatMap((gate): CheckGate[] => (gate.name === "request" ? [gate, environment] : [gate]));
}

function environmentText({ env = {} }: SystemRunParams, built: Readonly<Record<string, string>>): string {
  const named = Object.entries(env);
  if (named.length === 0) return "the request sets no variable";
  const list = (kept: boolean): string =>
    named
      .filter(([name, value]) => (built[name] === value) === kept)
      .map(([name]) => `\`${name}\``)
      .join(", ");
  const parts = [list(true) && `set: ${list(true)}`, list(false) && `not passed on: ${list(false)}`];
  return parts.filter((part) => part !== "").join("; ");
}
