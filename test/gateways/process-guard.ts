// Ends the process groups of test Gateways and removes their directories, whatever becomes of
// the test process: a plain end, an exit, a signal, or a kill that it cannot catch.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { Socket } from "node:net";

const live = new Map<ChildProcess, readonly string[]>();
let listening = false;

/** Watches a child started with `detached: true`, and the paths that must not outlive this process. */
export function guard(child: ChildProcess, traces: readonly string[]): void {
  live.set(child, traces);
  const watcher = watch(child, traces);
  child.once("exit", () => {
    live.delete(child);
    watcher?.kill("SIGKILL");
    // Whatever it started in its group and left behind.
    signalGroup(child, "SIGKILL");
  });
  if (listening) return;
  listening = true;
  process.once("exit", endAll);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      endAll();
      process.kill(process.pid, signal);
    });
  }
}

/** SIGTERM to the leader; SIGKILL to the whole group when it does not end within `limitMs`, at once for 0. */
export async function endGroup(child: ChildProcess, limitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  // The leader alone: it tells its helpers in its own order. Whoever is left is killed when it is gone.
  if (limitMs > 0) child.kill("SIGTERM");
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), limitMs);
  await exited;
  clearTimeout(timer);
}

function endAll(): void {
  for (const [child, traces] of live) {
    signalGroup(child, "SIGKILL");
    for (const path of traces) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  }
  live.clear();
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** A shell that sees our end of its pipe close when this process dies without a chance to clean up. */
function watch(child: ChildProcess, traces: readonly string[]): ChildProcess | undefined {
  if (process.platform === "win32" || child.pid === undefined) return undefined;
  // More than once: what the killed Gateway had begun may still be written.
  const script =
    'read -r _; group=$1; shift; kill -9 -- "-$group"; for _ in 1 2 3 4; do sleep 0.5; rm -rf -- "$@"; done';
  const args = ["-c", script, "gateway-guard", String(child.pid), ...traces];
  const watcher = spawn("/bin/sh", args, { stdio: ["pipe", "ignore", "ignore"], detached: true });
  watcher.unref();
  // The pipe is a socket; it alone must not keep a test process from ending.
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  return watcher;
}
