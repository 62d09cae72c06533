import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { RunPlan } from "@openclaw/protocol";
import { plainContainment } from "./containment.ts";
import { emptyInput } from "./empty-input.ts";
import type { ExecutionFailure } from "./errors.ts";
import { closeForgottenPipes } from "./forgotten-pipes.ts";
import { RUN_LIMITS } from "./limits.ts";
import { OutputPath } from "./output-path.ts";
import { prepareRun, type PreparedRun } from "./prepare-run.ts";
import { processTree, type ProcessTree } from "./process-tree.ts";
import { report, type EndCause, type RunEnd } from "./report.ts";
import type { RunReport } from "./run-result.ts";
import type { RunCgroup } from "./run-cgroup.ts";
import { STATUS_FD } from "./sandbox.ts";
import { describeSpawnError } from "./start-failure.ts";
import type { RunOptions } from "./run-options.ts";

const MARKER = "OPENCLAW_RUN_ID";

/** One run, from its start until nothing of it is left. */
export class Run {
  readonly result: Promise<RunReport>;
  readonly marker: string;
  readonly #options: RunOptions;
  readonly #output: OutputPath;
  readonly #platform: NodeJS.Platform;
  readonly #startedAt = performance.now();
  #prepared: PreparedRun | undefined;
  #child: ChildProcess | undefined;
  #tree: ProcessTree | undefined;
  /** The move into the control group, while it goes on beside the run. */
  #entry: Promise<void> | undefined;
  #isMoving = false;
  /** The control group holds it. */
  #isHeld = true;
  #isOver = false;
  /** What the sandbox said about the run; undefined without one. */
  #status: string | undefined;
  /** The program has not ended yet. */
  #running = false;
  #killed = false;
  #cause: EndCause | undefined;
  #timers = new Set<NodeJS.Timeout>();
  #settle: (result: RunReport) => void = () => undefined;
  readonly #onAbort = (): void => this.end("cancelled");

  constructor(plan: RunPlan, options: RunOptions) {
    this.#options = options;
    this.#platform = options.platform ?? process.platform;
    this.marker = options.marker ?? randomUUID();
    this.#output = new OutputPath(options);
    this.result = new Promise((resolve) => {
      this.#settle = resolve;
    });
    if (options.signal?.aborted === true) {
      this.#cause = "cancelled";
      void this.#finish({});
      return;
    }
    const prepared = prepareRun(plan, options, this.marker, this.#platform);
    if ("code" in prepared) void this.#finish({ failure: prepared });
    else this.#start(plan, prepared);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  end(cause: EndCause): void {
    if (!this.#running || this.#cause !== undefined) return;
    this.#cause = cause;
    this.#stop();
  }

  #start(plan: RunPlan, prepared: PreparedRun): void {
    this.#prepared = prepared;
    const { launch, cgroup, entersItself, limits } = prepared;
    const isSandboxed = this.#options.sandbox !== undefined;
    let child: ChildProcess;
    try {
      child = spawn(launch.file, launch.args, {
        argv0: launch.argv0,
        cwd: plan.cwd,
        // The runtime adds the first one to every child unless it is named here.
        env: { NODE_V8_COVERAGE: undefined, ...plan.env, [MARKER]: this.marker },
        stdio: [emptyInput(this.#platform), "pipe", "pipe", ...(isSandboxed ? ["pipe" as const] : [])],
        detached: this.#platform !== "win32",
        windowsHide: true,
      });
    } catch (error) {
      void this.#finish({ failure: describeSpawnError(error, plan) });
      return;
    }
    child.on("error", (error) => {
      if (child.pid === undefined) void this.#finish({ failure: describeSpawnError(error, plan) });
    });
    if (child.pid === undefined) return closeForgottenPipes(child, isSandboxed ? 3 : 2);
    if (cgroup !== undefined && !entersItself) this.#entry = this.#enter(cgroup, child.pid);
    this.#child = child;
    this.#running = true;
    this.#tree = processTree(child, {
      platform: this.#platform,
      marker: `${MARKER}=${this.marker}`,
      cgroup,
      rootIsGuard: isSandboxed,
      startedAt: this.#startedAt,
    });
    if (isSandboxed) this.#readStatus(child);
    this.#read(child);
    child.once("exit", (code, signal) => this.#onExit(child, code, signal));
    const { timeoutMs, signal } = this.#options;
    if (timeoutMs !== undefined) this.#after(timerMs(timeoutMs), () => this.end("timed-out"));
    if (limits?.watchCpuSeconds !== undefined) this.#watchCpu(limits.watchCpuSeconds);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  async #enter(cgroup: RunCgroup, pid: number): Promise<void> {
    this.#isMoving = true;
    const entered = await cgroup.enter(
      { root: pid, marker: this.marker, startedAt: this.#startedAt },
      () => this.#isOver,
    );
    this.#isMoving = false;
    if (this.#isOver) cgroup.remove();
    // It may also have been too short to be moved.
    else if (!entered && this.#running) this.#isHeld = false;
  }

  #read(child: ChildProcess): void {
    const { idleTimeoutMs } = this.#options;
    if (idleTimeoutMs === undefined) return this.#output.read(child, undefined);
    const idle = this.#watchSilence(timerMs(idleTimeoutMs));
    this.#output.read(child, () => idle.refresh());
  }

  #readStatus(child: ChildProcess): void {
    this.#status = "";
    child.stdio[STATUS_FD]?.on("data", (piece: Buffer) => {
      this.#status = `${this.#status ?? ""}${piece.toString("latin1")}`.slice(-RUN_LIMITS.sandboxStatusChars);
    });
  }

  #watchSilence(ms: number): NodeJS.Timeout {
    const timer = this.#after(ms, () => {
      // A program that we have paused cannot print.
      if (this.#output.isWaiting) timer.refresh();
      else this.end("idle");
    });
    return timer;
  }

  #watchCpu(seconds: number): void {
    const timer = this.#after(RUN_LIMITS.cpuPollMs, () => {
      if ((this.#prepared?.cgroup?.cpuSeconds() ?? 0) >= seconds) this.end("cpu");
      else timer.refresh();
    });
  }

  #after(ms: number, what: () => void): NodeJS.Timeout {
    const timer = setTimeout(what, ms);
    this.#timers.add(timer);
    return timer;
  }

  #stop(): void {
    this.#tree?.stop();
    this.#after(timerMs(this.#options.killGraceMs ?? RUN_LIMITS.killGraceMs), () => this.#kill());
  }

  #kill(): void {
    this.#killed = true;
    this.#tree?.kill();
    // A program that runs as somebody else by now cannot be ended by us, and nothing else may wait for it.
    if (this.#running) this.#after(RUN_LIMITS.giveUpMs, () => this.#giveUp());
  }

  #giveUp(): void {
    this.#child?.removeAllListeners("exit");
    if (this.#child !== undefined) closePipes(this.#child);
    this.#child?.unref();
    void this.#finish({ leftBehind: true });
  }

  #onExit(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    // From here on the end is decided: a time-out while the pipes drain changes nothing.
    this.#running = false;
    this.#tree?.rootIsGone();
    let isCut = false;
    const cutOff = (): void => {
      isCut = true;
      closePipes(child);
    };
    const exit = { code: code ?? undefined, signal: signal ?? undefined };
    const forced = this.#cause !== undefined;
    const isClosed = new Promise<void>((resolve) => {
      child.once("close", () => {
        if (!forced && this.#options.leftovers !== "end") void this.#finish({ exit, leftBehind: isCut });
        resolve();
      });
    });
    if (forced) void this.#endForced(exit, isClosed, cutOff);
    else {
      this.#drain(cutOff);
      if (this.#options.leftovers === "end") void this.#endLeftovers(exit, isClosed);
    }
  }

  async #endForced(exit: RunEnd["exit"], isClosed: Promise<void>, cutOff: () => void): Promise<void> {
    // Those that are left have the grace to clean up in, and what they print then counts.
    await this.#entry;
    await this.#untilGone();
    this.#drain(cutOff);
    await isClosed;
    await this.#finish({ exit, leftBehind: this.#tree?.isLeft() === true });
  }

  async #endLeftovers(exit: RunEnd["exit"], isClosed: Promise<void>): Promise<void> {
    await isClosed;
    await this.#entry;
    if (this.#tree?.mayHaveStrays() === true) {
      this.#stop();
      await this.#untilGone();
    }
    await this.#finish({ exit, leftBehind: this.#tree?.isLeft() === true });
  }

  /** Until nothing is left, or SIGKILL had its time. */
  async #untilGone(): Promise<void> {
    const tree = this.#tree;
    if (tree === undefined) return;
    while (!this.#killed && tree.isLeft()) {
      // oxlint-disable-next-line no-await-in-loop -- the system tells nobody but a parent when a process ends
      await delay(RUN_LIMITS.endPollMs);
    }
    this.#killed = true;
    // Also when nothing is seen: one may have been started since the last look.
    tree.kill();
    const until = performance.now() + RUN_LIMITS.killWaitMs;
    // oxlint-disable-next-line no-await-in-loop -- look after look
    while (tree.isLeft() && performance.now() < until) await delay(1);
  }

  /** A background child may keep the pipes open for ever; late output is cut off, the result is not. */
  #drain(cutOff: () => void): void {
    const until = performance.now() + (this.#options.spoolStallMs ?? RUN_LIMITS.spoolStallMs);
    const timer = this.#after(RUN_LIMITS.drainMs, () => {
      // What waits in the pipes already is read first: that happens between a timer and an immediate.
      setImmediate(() => {
        if (this.#output.isWaiting && performance.now() < until) timer.refresh();
        else cutOff();
      });
    });
  }

  async #finish(
    end: Pick<RunEnd, "exit" | "leftBehind"> & { readonly failure?: ExecutionFailure },
  ): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#running = false;
    this.#isOver = true;
    const { cgroup, limits } = this.#prepared ?? {};
    const durationMs = performance.now() - this.#startedAt;
    const cgroupEvents = limits === undefined ? undefined : cgroup?.events();
    // A short run is over before it has been moved; its group goes when the move is done.
    const wasLeft = this.#isMoving ? false : cgroup?.remove() === false;
    const spool = this.#output.close();
    this.#settle(
      report({
        ...end,
        leftBehind: end.leftBehind === true || wasLeft,
        cause: this.#cause,
        sandboxStatus: this.#status,
        output: this.#output.kept,
        durationMs,
        limits: limits?.inForce ?? [],
        cgroupEvents,
        containment: cgroup === undefined || !this.#isHeld ? plainContainment(this.#platform) : "cgroup",
        spool: spool instanceof Promise ? await spool : spool,
      }),
    );
    this.#output.kept.release();
  }
}

function closePipes(child: ChildProcess): void {
  for (const pipe of child.stdio) pipe?.destroy();
}

/** A time that a timer can hold; what is no time is none at all. */
function timerMs(value: number): number {
  return value > 0 ? Math.min(value, RUN_LIMITS.timeoutMs) : 0;
}
