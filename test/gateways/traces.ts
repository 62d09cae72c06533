// What a Gateway writes outside its home and its TMPDIR, so that a test can remove it.
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** The rolling log that one release writes here whatever its configuration says. */
const SHARED_LOGS = "/tmp/openclaw";

/** Paths that the Gateway of this (existing or future) state directory may leave; call before it starts. */
export function tracesOf(stateDir: string): string[] {
  if (process.platform === "win32") return [];
  // Lock files named after the database, which the newest releases keep in one place per user.
  const database = join(canonical(stateDir), "state", "openclaw.sqlite");
  const hash = createHash("sha256").update(database).digest("hex").slice(0, 8);
  const locks = `/tmp/openclaw-state-locks-${process.getuid?.() ?? 0}`;
  const traces = ["gateway-lifecycle", "state-handles", "state-lifecycle"].map((family) =>
    join(locks, `${family}.${hash}.lock.sqlite`),
  );
  return [...traces, ...sharedTraces()];
}

/** The same for any start of the program, even `--version`. What was there before is somebody else's. */
export function sharedTraces(): string[] {
  return process.platform === "win32" || existsSync(SHARED_LOGS) ? [] : [SHARED_LOGS];
}

function canonical(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(canonical(parent), path.slice(parent.length));
}
