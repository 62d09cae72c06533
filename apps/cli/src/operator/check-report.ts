import { quoteArgv } from "@openclaw/approvals";
import { stringOption, type CommandInput } from "../command.ts";
import type { CheckGate, DryRun } from "../host/dry-run.ts";
import { withProfile } from "../host/remedy-line.ts";
import { stateProfile } from "../state.ts";
import type { RunWish } from "./run-wish.ts";

/** A dry run and what was not known, for a person and for programs. */
export interface CheckReport {
  readonly run: DryRun;
  /** False where something that was not seen could change the outcome. */
  readonly certain: boolean;
  /** What was assumed, in words. */
  readonly limits: readonly string[];
  /** The running node host that was asked; without it this command has decided. */
  readonly host?: AskedHost | undefined;
  /** Whose policy: a name for a person. */
  readonly target: string;
  readonly nodeId?: string | undefined;
  readonly policy: { readonly path: string; readonly exists: boolean; readonly hash: string };
  readonly argv: readonly string[];
  readonly wish: RunWish;
  /** How a command line says whose policy is meant; nothing for the local one. */
  readonly targetWords: readonly string[];
}

/** A running node host that made the decision. */
export interface AskedHost {
  readonly pid: number;
  readonly version: string;
  /** Where its runs start that name no directory. */
  readonly cwd: string;
  /** While it is, every run is refused, whatever was decided. */
  readonly paused: boolean;
}

/** The document of `approvals check --json`; docs/approvals.md describes it. */
export function checkDocument(report: CheckReport, input: CommandInput): unknown {
  const { run, certain, limits, host, target, nodeId, policy, argv, wish } = report;
  const { outcome, reason, rule, sentence, gates, segments, start, remedy, approval } = run;
  return {
    ok: true,
    outcome,
    reason,
    ...(rule === undefined ? {} : { rule }),
    sentence,
    certain,
    limits,
    ...(host === undefined ? {} : { host }),
    target: { name: target, ...(nodeId === undefined ? {} : { nodeId }) },
    policy,
    agent: wish.agentId,
    argv,
    ...("raw" in wish.command ? { raw: wish.command.raw } : {}),
    cwd: wish.cwd ?? null,
    gates: gates.map(gateDocument),
    segments,
    ...(start === undefined ? {} : { start }),
    ...(approval === undefined ? {} : { approval }),
    remedy: {
      proven: remedy.proven && certain,
      steps: remedy.steps.map(({ kind, text, command }) => ({
        kind,
        text,
        ...(command === undefined ? {} : { command: commandLine(command, report, input) }),
      })),
    },
  };
}

function gateDocument({ name, status, detail, decided }: CheckGate): unknown {
  return {
    name,
    status,
    ...(detail === "" ? {} : { detail }),
    ...(decided === undefined ? {} : { decided }),
  };
}

/** A command of the engine as it is pasted into this terminal: the same state, the same policy. */
export function commandLine(
  words: readonly string[],
  { targetWords }: CheckReport,
  input: CommandInput,
): string {
  const url = targetWords.length === 0 ? undefined : stringOption(input, "url");
  return quoteArgv([
    ...withProfile(words, stateProfile(input)),
    ...targetWords,
    ...(url === undefined ? [] : ["--url", url]),
  ]);
}
