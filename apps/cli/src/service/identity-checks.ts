import { readdirSync } from "node:fs";
import { join } from "node:path";
import { lookAtHostLock, StoreError, type StatePaths } from "@openclaw/config-store";
import { check, found, type Check } from "./doctor-check.ts";
import { deviceIdIn, type SavedFacts } from "./saved-facts.ts";
import type { StatusReport } from "./status-report.ts";

/** State directories beside ours that are looked at. */
const MAX_NEIGHBORS = 64;

/** Does anything else act as this node, or hold its state directory? */
export function identityChecks(report: StatusReport, { deviceId }: SavedFacts): readonly Check[] {
  const { paths, host } = report;
  const checks = [...lockChecks(paths, host !== undefined), ...copyChecks(paths, deviceId)];
  return checks.length > 0 ? checks : [check("identity", "ok", "nothing else uses this identity here")];
}

function lockChecks({ lockFile }: StatePaths, answers: boolean): readonly Check[] {
  const holder = orNothing(() => lookAtHostLock(lockFile));
  if (holder === undefined || answers) return [];
  if (!holder.alive)
    return [
      check("identity", "note", `\`${lockFile}\` is left over from process ${holder.pid}, which is gone`),
    ];
  return [found("lock-held", `process ${holder.pid} holds \`${lockFile}\`, but no host answers`)];
}

/** Whoever copies a state directory copies who it is. */
function copyChecks(
  { home, stateDir, deviceFile }: StatePaths,
  deviceId: string | undefined,
): readonly Check[] {
  if (deviceId === undefined) return [];
  const identityFile = deviceFile.slice(stateDir.length + 1);
  return neighbors(home)
    .map((name) => join(home, name))
    .filter((other) => other !== stateDir && idIn(join(other, identityFile)) === deviceId)
    .map((other) =>
      found("identity-copied", `\`${other}\` holds the identity of this node as well`, { level: "warning" }),
    );
}

function neighbors(home: string): readonly string[] {
  try {
    return readdirSync(home)
      .filter((name) => name === ".openclaw" || name.startsWith(".openclaw-"))
      .slice(0, MAX_NEIGHBORS);
  } catch {
    return [];
  }
}

function idIn(path: string): string | undefined {
  return orNothing(() => deviceIdIn(path));
}

/** What is not ours to read is not ours to judge. */
function orNothing<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof StoreError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
