import { accessSync, constants, statSync } from "node:fs";
import { posix, win32 } from "node:path";
import type { RunPlan } from "@openclaw/protocol";
import type { ExecutionErrorCode, ExecutionFailure } from "./errors.ts";

/** Refuses what would be looked up: a plan names its program and its directory by absolute paths. */
export function checkStart(plan: RunPlan, platform: NodeJS.Platform): ExecutionFailure | undefined {
  const paths = platform === "win32" ? win32 : posix;
  if (!paths.isAbsolute(plan.executable))
    return failure("executable-missing", `${FAILED} (no absolute path): ${plan.executable}`);
  return paths.isAbsolute(plan.cwd) ? undefined : cwdMissing(plan.cwd, "no absolute path");
}

const FAILED = "Command failed during launch or output capture";

function cwdMissing(cwd: string, reported: string): ExecutionFailure {
  return failure(
    "cwd-missing",
    `node exec working directory does not exist on the node host: ${cwd} (os reported: ${reported})`,
  );
}

/**
 * Why a start failed. The operating system reports a missing directory and a missing program alike, so the directory
 * is looked at first; only now, because nearly every start succeeds.
 */
export function describeSpawnError(error: unknown, plan: RunPlan): ExecutionFailure {
  return cwdProblem(plan.cwd) ?? programProblem(systemCode(error), plan);
}

function cwdProblem(cwd: string): ExecutionFailure | undefined {
  try {
    if (!statSync(cwd).isDirectory()) {
      return failure(
        "cwd-not-a-directory",
        `node exec working directory is not a directory on the node host: ${cwd} (os reported: ENOTDIR)`,
      );
    }
    accessSync(cwd, constants.X_OK);
    return undefined;
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return cwdMissing(cwd, code);
    return failure(
      "cwd-not-accessible",
      `node exec working directory is not accessible on the node host: ${cwd} (os reported: ${code})`,
    );
  }
}

function programProblem(code: string, plan: RunPlan): ExecutionFailure {
  const what = `${FAILED} (${code})`;
  if (code === "ENOENT")
    return failure("executable-missing", `${what}: ${plan.executable} or its interpreter is missing`);
  if (code === "EACCES" || code === "EPERM")
    return failure("executable-not-accessible", `${what}: ${plan.executable} may not be executed`);
  if (code === "EAGAIN" || code === "EMFILE" || code === "ENFILE" || code === "ENOMEM") {
    return failure("too-many-processes", `${what}: the node host has no room for another process`);
  }
  if (code === "E2BIG")
    return failure("spawn-failed", `${what}: arguments and environment are too large for this system`);
  return failure("spawn-failed", `${what}: ${plan.executable}`);
}

function failure(code: ExecutionErrorCode, message: string): ExecutionFailure {
  return { code, message };
}

function systemCode(error: unknown): string {
  const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : "unknown error";
}
