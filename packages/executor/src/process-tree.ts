import { spawn, type ChildProcess } from "node:child_process";
import { win32 } from "node:path";
import { processesOfRun, type KnownProcess } from "./linux-strays.ts";

/** All processes of a run, to be ended together. */
export interface ProcessTree {
  /** Asks them to end. */
  stop(): void;
  /** Ends them. Also works when the first process is gone already. */
  kill(): void;
}

/** The tree below a child that was started with `detached` (not on Windows). */
export function processTree(child: ChildProcess, platform: NodeJS.Platform): ProcessTree {
  const { pid } = child;
  if (pid === undefined) return { stop: () => undefined, kill: () => undefined };
  if (platform === "win32") {
    const end = (): void => endWindowsTree(child, pid);
    // There is no polite way for console programs, and once the first process is gone the tree cannot be found.
    return { stop: end, kill: end };
  }
  let known: readonly KnownProcess[] = [];
  return {
    stop: () => {
      // Looked at first: when a parent is gone, its children in other groups are nobody's.
      known = processesOfRun(pid, known, true);
      send(-pid, "SIGTERM");
      for (const one of known) if (one.pid !== pid) send(one.pid, "SIGTERM");
    },
    kill: () => {
      send(-pid, "SIGKILL");
      // A process may have started another one between the look and the signal.
      for (let round = 0; round < KILL_ROUNDS; round += 1) {
        const before = new Set(known.map((one) => one.pid));
        known = processesOfRun(pid, known, false);
        for (const one of known) send(one.pid, "SIGKILL");
        if (known.every((one) => before.has(one.pid))) return;
      }
    },
  };
}

const KILL_ROUNDS = 5;

function send(target: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(target, signal);
  } catch {
    // ESRCH: gone already. EPERM: it runs as somebody else, and there is nothing that we could do.
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
