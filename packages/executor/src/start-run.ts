import { spawn, type ChildProcess } from "node:child_process";
import type { RunPlan } from "@openclaw/protocol";
import type { ExecutionFailure } from "./errors.ts";
import { checkStart, describeSpawnError } from "./start-failure.ts";
import { RUN_LIMITS } from "./limits.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { processTree, type ProcessTree } from "./process-tree.ts";

export interface RunOptions {
  /** Milliseconds; undefined means no limit. */
  readonly timeoutMs?: number | undefined;
  /** Ends the run when aborted; aborted before, nothing starts. */
  readonly signal?: AbortSignal | undefined;
  readonly outputBytes?: number;
  readonly killGraceMs?: number;
  readonly platform?: NodeJS.Platform;
}

/** How a run ended; one shape for success, failure, time-out, cancel and a start that failed. */
export interface RunResult {
  /** 124 after a time-out; undefined when a signal ended the run or when it never started. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly failure: ExecutionFailure | undefined;
  readonly truncated: boolean;
  /** Bytes that the run printed, kept or not. */
  readonly outputBytes: number;
}

export interface RunHandle {
  readonly pid: number | undefined;
  readonly result: Promise<RunResult>;
  /** Ends the run with all its processes; the result follows. Does nothing when the program has ended by itself. */
  cancel(): void;
}

const TRUNCATED = "... (truncated)";

/** Starts exactly the plan: no shell, no look-up, closed standard input, a process group of its own. */
export function startRun(plan: RunPlan, options: RunOptions = {}): RunHandle {
  const run = new Run(plan, options);
  return { pid: run.pid, result: run.result, cancel: () => run.end("cancelled") };
}

type EndCause = "timed-out" | "cancelled";

class Run {
  readonly result: Promise<RunResult>;
  readonly #options: RunOptions;
  readonly #output: OutputBuffer;
  readonly #platform: NodeJS.Platform;
  #pid: number | undefined;
  /** While the program runs. */
  #tree: ProcessTree | undefined;
  #killed = false;
  /** Cuts the pipes off; there once the program has ended. */
  #drain: (() => void) | undefined;
  #cause: EndCause | undefined;
  #timers: NodeJS.Timeout[] = [];
  #settle: (result: RunResult) => void = () => undefined;
  readonly #onAbort = (): void => this.end("cancelled");

  constructor(plan: RunPlan, options: RunOptions) {
    this.#options = options;
    this.#platform = options.platform ?? process.platform;
    this.#output = new OutputBuffer(options.outputBytes ?? RUN_LIMITS.outputBytes);
    this.result = new Promise((resolve) => {
      this.#settle = resolve;
    });
    if (options.signal?.aborted === true) {
      this.#cause = "cancelled";
      this.#finish(undefined, undefined, undefined);
      return;
    }
    const failure = checkStart(plan, this.#platform);
    if (failure === undefined) this.#start(plan);
    else this.#finish(undefined, undefined, failure);
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  end(cause: EndCause): void {
    const tree = this.#tree;
    if (tree === undefined || this.#cause !== undefined) return;
    this.#cause = cause;
    tree.stop();
    const grace = this.#options.killGraceMs ?? RUN_LIMITS.killGraceMs;
    const kill = (): void => {
      this.#killed = true;
      tree.kill();
      this.#drain?.();
    };
    this.#timers.push(setTimeout(kill, grace));
  }

  #start(plan: RunPlan): void {
    let child: ChildProcess;
    try {
      child = spawn(plan.executable, plan.argv.slice(1), {
        argv0: plan.argv[0] ?? plan.executable,
        cwd: plan.cwd,
        // The runtime adds this one to every child unless it is named here.
        env: { NODE_V8_COVERAGE: undefined, ...plan.env },
        stdio: ["ignore", "pipe", "pipe"],
        detached: this.#platform !== "win32",
        windowsHide: true,
      });
    } catch (error) {
      this.#finish(undefined, undefined, describeSpawnError(error, plan));
      return;
    }
    this.#pid = child.pid;
    this.#tree = processTree(child, this.#platform);
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream]?.on("data", (chunk: Buffer) => this.#output.add(stream, chunk));
      // What was read before a broken pipe counts; the rest is lost.
      child[stream]?.on("error", () => undefined);
    }
    child.on("error", (error) => this.#finish(undefined, undefined, describeSpawnError(error, plan)));
    child.once("exit", (code, signal) => this.#onExit(child, code, signal));
    const { timeoutMs, signal } = this.#options;
    if (timeoutMs !== undefined) {
      this.#timers.push(setTimeout(() => this.end("timed-out"), Math.min(timeoutMs, RUN_LIMITS.timeoutMs)));
    }
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  #onExit(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    const tree = this.#tree;
    const forced = this.#cause !== undefined;
    // From here on the end is decided: a time-out while the pipes drain changes nothing.
    this.#tree = undefined;
    child.once("close", () => {
      // Whatever is left of the run after a forced end must not outlive it.
      if (forced) tree?.kill();
      this.#finish(code ?? undefined, signal ?? undefined, undefined);
    });
    const cutOff = (): void => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    // What waits in the pipes already is read first: that happens between a timer and an immediate.
    this.#drain = () => this.#timers.push(setTimeout(() => setImmediate(cutOff), RUN_LIMITS.drainMs));
    // A background child may keep the pipes open for ever; late output is cut off, the result is not. After
    // a forced end those that are left have the grace to clean up in.
    if (!forced || this.#killed) this.#drain();
  }

  #finish(
    code: number | undefined,
    signal: NodeJS.Signals | undefined,
    failure: ExecutionFailure | undefined,
  ): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#tree = undefined;
    const timedOut = this.#cause === "timed-out";
    const cancelled = this.#cause === "cancelled";
    const truncated = this.#output.truncated;
    const stdout = this.#output.text("stdout");
    const stderr = this.#output.text("stderr");
    const markStderr = truncated && stderr !== "";
    this.#settle({
      exitCode: timedOut ? 124 : code,
      signal,
      timedOut,
      cancelled,
      success: code === 0 && !timedOut && !cancelled && failure === undefined,
      stdout: truncated && !markStderr ? `${stdout}\n${TRUNCATED}` : stdout,
      stderr: markStderr ? `${stderr}\n${TRUNCATED}` : stderr,
      failure,
      truncated,
      outputBytes: this.#output.seenBytes,
    });
  }
}
