import { spawn, type ChildProcess } from "node:child_process";
import { win32 } from "node:path";
import { RUN_LIMITS } from "./limits.ts";
import { processesOfRun, type RunTraces } from "./linux-strays.ts";
import { isStillThere, lastPid, ticksAt, type KnownProcess } from "./process-table.ts";
import type { RunCgroup } from "./run-cgroup.ts";

/** All processes of a run, to be ended together. */
export interface ProcessTree {
  /** Asks them to end. */
  stop(): void;
  /** Ends them. Also works when the first process is gone already. */
  kill(): void;
  /** Is one of them left, as far as can be told cheaply? The first process does not count once it has ended. */
  isLeft(): boolean;
  /** As `isLeft`, but also finds those that have left the group; costs a look at the table when others were started. */
  mayHaveStrays(): boolean;
  /** From now on the pid of the first process may belong to somebody else. */
  rootIsGone(): void;
}

export interface TreeOptions {
  readonly platform: NodeJS.Platform;
  /** `NAME=value` in the environment of every process of the run, and of no other. */
  readonly marker?: string | undefined;
  readonly cgroup?: RunCgroup | undefined;
  /** The first process only watches over the others, and takes them with it when it is told to end. */
  readonly rootIsGuard?: boolean | undefined;
  /** When the run was started; milliseconds of `performance.now()`. */
  readonly startedAt?: number | undefined;
}

/** The tree below a child that was started with `detached` (not on Windows). */
export function processTree(child: ChildProcess, options: TreeOptions): ProcessTree {
  const { pid } = child;
  const nothing = (): void => undefined;
  const never = (): boolean => false;
  if (pid === undefined)
    return { stop: nothing, kill: nothing, isLeft: never, mayHaveStrays: never, rootIsGone: nothing };
  if (options.platform === "win32") {
    const end = (): void => endWindowsTree(child, pid);
    // There is no polite way for console programs, and once the first process is gone the tree cannot be found.
    return { stop: end, kill: end, isLeft: never, mayHaveStrays: never, rootIsGone: nothing };
  }
  return new PosixTree(pid, options);
}

interface Target {
  readonly pid: number;
  readonly group: number;
}

class PosixTree implements ProcessTree {
  readonly #root: number;
  readonly #options: TreeOptions;
  #rootIsOurs = true;
  #known: readonly KnownProcess[] = [];

  constructor(root: number, options: TreeOptions) {
    this.#root = root;
    this.#options = options;
  }

  rootIsGone(): void {
    this.#rootIsOurs = false;
  }

  stop(): void {
    // Looked at first: when a parent is gone, its children in other groups are nobody's.
    const found = this.#look() ?? this.#lastKnown();
    if (this.#options.rootIsGuard === true && this.#rootIsOurs) return this.#stopGuarded(found);
    this.#sendToGroup("SIGTERM");
    const others = found.filter(({ group }) => group !== this.#root).map(({ pid }) => pid);
    for (const pid of others) send(pid, "SIGTERM");
    // One that is stopped hears of it only when it goes on.
    this.#sendToGroup("SIGCONT");
    for (const pid of others) send(pid, "SIGCONT");
  }

  #stopGuarded(found: readonly Target[]): void {
    const guarded = found.map(({ pid }) => pid).filter((pid) => pid !== this.#root);
    for (const signal of ["SIGTERM", "SIGCONT"] as const) for (const pid of guarded) send(pid, signal);
  }

  kill(): void {
    this.#options.cgroup?.kill();
    this.#sendToGroup("SIGKILL");
    // A process may have started another one between the look and the signal.
    for (let round = 0; round < RUN_LIMITS.killRounds; round += 1) {
      const before = new Set(this.#known.map((one) => one.pid));
      const found = this.#look() ?? this.#lastKnown();
      for (const { pid } of found) send(pid, "SIGKILL");
      if (found.every((one) => before.has(one.pid))) return;
    }
  }

  isLeft(): boolean {
    if (this.#known.some((one) => one.pid !== this.#root && isStillThere(one))) return true;
    if (!this.#groupIsLeft() && this.#options.cgroup?.isPopulated() !== true) return false;
    // A group also counts the dead that nobody has waited for yet.
    const found = this.#look();
    return found === undefined || found.some(({ pid }) => pid !== this.#root);
  }

  mayHaveStrays(): boolean {
    if (this.isLeft()) return true;
    // Nothing at all has been started since: the usual case on a quiet machine.
    if (lastPid() === this.#root) return false;
    return (this.#look() ?? []).some(({ pid }) => pid !== this.#root);
  }

  /** One system call, no look at the process table. */
  #groupIsLeft(): boolean {
    return send(-this.#root, 0) && (!this.#rootIsOurs || !send(this.#root, 0));
  }

  /** undefined where there is no process table, or nothing left to read it with. */
  #look(): readonly Target[] | undefined {
    const { marker, startedAt } = this.#options;
    const traces: RunTraces = {
      root: this.#root,
      rootIsOurs: this.#rootIsOurs,
      known: this.#known,
      marker,
      notBefore: startedAt === undefined ? undefined : ticksAt(startedAt, CLOCK_SLACK),
    };
    const found = processesOfRun(traces);
    if (found === undefined) return undefined;
    this.#known = found;
    const pids = new Set(found.map(({ pid }) => pid));
    return [...found, ...this.#inCgroup().filter(({ pid }) => !pids.has(pid))];
  }

  /** Instead of a look: what was there before, each asked again, because the numbers may be others' by now. */
  #lastKnown(): readonly Target[] {
    return [...this.#known.filter(isStillThere).map(({ pid }) => ({ pid, group: 0 })), ...this.#inCgroup()];
  }

  #inCgroup(): readonly Target[] {
    return (this.#options.cgroup?.members() ?? []).map((pid) => ({ pid, group: 0 }));
  }

  #sendToGroup(signal: NodeJS.Signals): void {
    // When the first process is gone and its number is somebody's, the group is not ours any more.
    if (!this.#rootIsOurs && send(this.#root, 0)) return;
    send(-this.#root, signal);
  }
}

/** Seconds between clocks that are read one after the other. */
const CLOCK_SLACK = 2;

/** False when there is none, or when it runs as somebody else and there is nothing that we could do. */
function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}

function endWindowsTree(child: ChildProcess, pid: number): void {
  const system = process.env["SystemRoot"] ?? "C:\\Windows";
  const killer = spawn(
    win32.join(system, "System32", "taskkill.exe"),
    ["/pid", String(pid), "/T", "/F"],
    // By its full name: the working directory of this host is not searched.
    { stdio: "ignore", windowsHide: true },
  );
  killer.on("error", () => child.kill("SIGKILL"));
}
