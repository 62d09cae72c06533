import type { ServiceErrorCode, ServiceProblem } from "./errors.ts";
import { serviceLimits } from "./limits.ts";
import { detailOf } from "./manager-answer.ts";
import type { ServiceNote } from "./service-notes.ts";
import type { PlanCommand, PlanStep, ServicePlan, ServiceResult } from "./service-plan.ts";
import type { CommandOutcome, ServiceSystem } from "./service-system.ts";
import { shownCommand } from "./shell-text.ts";
import { UndoLog } from "./undo-log.ts";

/**
 * Does what the plan says. When a step fails, everything before it is undone in reverse, so that nothing is left half
 * made. Never throws for what a machine can answer.
 */
export async function applyPlan(
  plan: ServicePlan,
  system: ServiceSystem,
  pause: (ms: number) => Promise<void> = sleep,
): Promise<ServiceResult> {
  const { action, outcome } = plan;
  const failed = (problem: ServiceProblem, more: object = {}): ServiceResult => ({
    ok: false,
    action,
    problem,
    byHand: false,
    undone: true,
    service: plan.before,
    warnings: plan.warnings,
    notes: plan.notes,
    ...more,
  });
  if (outcome.kind === "refused") return failed(outcome.problem);
  if (outcome.kind === "by-hand")
    return failed(
      {
        code: "by-hand-only",
        message: `a service for ${plan.manager ?? "this system"} is rendered, not installed; do it by hand`,
        hints: outcome.instructions,
      },
      { byHand: true },
    );
  const done = (
    message: string | undefined,
    service: ServicePlan["after"],
    more: Partial<Acting>,
  ): ServiceResult => ({
    ok: true,
    action,
    result: outcome.result,
    message,
    service,
    definitionPath: plan.definitionPath,
    backupPath: more.backupPath,
    warnings: plan.warnings,
    notes: [...(more.notes ?? []), ...plan.notes],
  });
  if (outcome.kind === "nothing") return done(outcome.message, plan.before, {});

  const acting = new Acting(system, pause);
  const problem = await acting.all(plan.steps);
  if (problem === undefined) return done(undefined, plan.after, acting);
  // What was taken away stays away: an uninstall that stops half way is tried again.
  if (action !== "install") return failed(problem, { undone: false });
  for (const command of plan.undo.before) await acting.command(command);
  const undone = acting.undo.rollBack(system);
  for (const command of plan.undo.after) await acting.command(command);
  const note: ServiceNote = {
    code: "undo-failed",
    text: `not everything could be put back: ${undone.join(", ")}`,
  };
  return failed(problem, {
    undone: undone.length === 0,
    notes: [...(undone.length === 0 ? [] : [note]), ...plan.notes],
  });
}

class Acting {
  readonly undo: UndoLog = new UndoLog();
  readonly notes: ServiceNote[] = [];
  backupPath: string | undefined;
  readonly #system: ServiceSystem;
  readonly #pause: (ms: number) => Promise<void>;

  constructor(system: ServiceSystem, pause: (ms: number) => Promise<void>) {
    this.#system = system;
    this.#pause = pause;
  }

  async all(steps: readonly PlanStep[]): Promise<ServiceProblem | undefined> {
    for (const step of steps) {
      if (step.kind !== "command") {
        const problem = this.#file(step);
        if (problem !== undefined) return problem;
        continue;
      }
      const outcome = await this.command(step.command);
      if (isFine(outcome) || step.command.mayFail === true) continue;
      if (step.otherwise === undefined) return commandProblem(step.command, outcome);
      if (step.otherwise.note !== undefined) this.notes.push(step.otherwise.note);
      return this.all(step.otherwise.steps);
    }
    return undefined;
  }

  async command(command: PlanCommand): Promise<CommandOutcome> {
    const { attempts = 1 } = command;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#system.run(command.argv, {
        timeoutMs: command.timeoutMs,
        ...(command.env === undefined ? {} : { env: command.env }),
        ...(command.detached === true ? { detached: true } : {}),
      });
      if (isFine(outcome) || attempt >= attempts) return outcome;
      await this.#pause(serviceLimits.retryPauseMs);
    }
  }

  #file(step: Exclude<PlanStep, { readonly kind: "command" }>): ServiceProblem | undefined {
    try {
      switch (step.kind) {
        case "directory":
          this.undo.made(this.#system.makeDirectory(step.path, step.mode));
          return undefined;
        case "write":
          if (step.file.onlyWhenAbsent === true && this.#system.factsOf(step.file.path) !== undefined)
            return undefined;
          this.undo.changing(this.#system, step.file.path);
          this.#system.writeFile(step.file.path, contentOf(step.file), step.file.mode, step.file.owner);
          return undefined;
        case "copy": {
          const content = this.#system.readFile(step.from);
          if (content === undefined) return undefined;
          this.undo.changing(this.#system, step.to);
          this.#system.writeFile(step.to, content, 0o600);
          this.backupPath = step.to;
          return undefined;
        }
        case "remove":
          this.undo.changing(this.#system, step.path);
          this.#system.removeFile(step.path);
          return undefined;
      }
    } catch (error) {
      const path = step.kind === "write" ? step.file.path : step.kind === "copy" ? step.to : step.path;
      return writeProblem(path, error);
    }
  }
}

function contentOf(file: { readonly text: string; readonly encoding?: string }): Buffer {
  return file.encoding === "utf16le-bom"
    ? Buffer.from(`\uFEFF${file.text}`, "utf16le")
    : Buffer.from(file.text, "utf8");
}

function isFine(outcome: CommandOutcome): boolean {
  return outcome.kind === "exited" && outcome.code === 0;
}

function commandProblem(command: PlanCommand, outcome: CommandOutcome): ServiceProblem {
  const shown = shownCommand(command.argv, command.env);
  const timedOut = outcome.kind === "timed-out";
  const code: ServiceErrorCode =
    command.failure === "not-started" ? "not-started" : timedOut ? "command-timed-out" : "command-failed";
  const what = timedOut
    ? `gave no answer within ${Math.round(command.timeoutMs / 1000)} s`
    : `failed: ${detailOf(outcome)}`;
  const hints =
    code === "not-started"
      ? ["openclaw node run", "see why: openclaw node status"]
      : [`try it yourself: ${shown}`];
  return { code, message: `\`${shown}\` ${what}`, hints };
}

const WRITE_FAILURES: ReadonlyMap<string, string> = new Map([
  ["EACCES", "this account may not"],
  ["EPERM", "this account may not"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the account has used up its space on the disk"],
  ["ENOTDIR", "a part of the path is not a directory"],
  ["EEXIST", "a part of the path is not a directory"],
  ["ENOENT", "a part of the path is a link to nowhere"],
  ["ELOOP", "links lead in a circle"],
  ["ENAMETOOLONG", "the path is too long"],
]);

function writeProblem(path: string, error: unknown): ServiceProblem {
  const reason =
    error instanceof Error && "code" in error
      ? String(error.code)
      : error instanceof Error
        ? error.message
        : "unknown";
  const denied = reason === "EACCES" || reason === "EPERM";
  const words = WRITE_FAILURES.get(reason);
  return {
    code: denied ? "not-permitted" : "write-failed",
    message: `cannot write \`${path}\`: ${words === undefined ? reason : `${words} (${reason})`}`,
    hints: [
      denied
        ? `check who owns it: ls -ld ${shownCommand([path])}`
        : "check the disk and the path, then try again",
    ],
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
