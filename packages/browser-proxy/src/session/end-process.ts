import { setTimeout as pause } from "node:timers/promises";

/** Whether a process lives, one that belongs to somebody else included. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Ends a browser and its helpers for good, and waits until it is gone. Playwright has made it the head of a group. */
export async function killBrowser(pid: number, waitMs = 2_000): Promise<boolean> {
  for (let waited = 0; isAlive(pid); waited += 20) {
    if (waited >= waitMs) return false;
    if (waited % 500 === 0 && !(process.platform !== "win32" && signalled(-pid))) signalled(pid);
    await pause(20);
  }
  return true;
}

function signalled(target: number): boolean {
  try {
    process.kill(target, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
