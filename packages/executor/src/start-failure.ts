import { accessSync, constants, statSync } from "node:fs";
import { posix, win32 } from "node:path";
import type { RunPlan } from "@openclaw/protocol";
import { failure, LAUNCH_FAILED, systemCode, type ExecutionFailure } from "./errors.ts";
import { RUN_LIMITS } from "./limits.ts";

/** Refuses what would be looked up: a plan names its program and its directory by absolute paths. */
export function checkStart(plan: RunPlan, platform: NodeJS.Platform): ExecutionFailure | undefined {
  const paths = platform === "win32" ? win32 : posix;
  if (!paths.isAbsolute(plan.executable))
    return failure("executable-missing", `${LAUNCH_FAILED} (no absolute path): ${plan.executable}`);
  if (!paths.isAbsolute(plan.cwd)) return cwdMissing(plan.cwd, "no absolute path");
  return environmentProblem(plan) ?? argumentProblem(plan);
}

/** The system has no form for such a name or value: it would cut it off, or take it for another variable. */
function environmentProblem({ env }: RunPlan): ExecutionFailure | undefined {
  for (const name of Object.keys(env)) {
    const value = env[name] ?? "";
    if (name !== "" && !name.includes("=") && !name.includes("\0") && !value.includes("\0")) continue;
    const shown = JSON.stringify(name.slice(0, SHOWN_CHARS)).slice(1, -1);
    const what =
      name === "" ? "no name" : value.includes("\0") ? "a NUL in its value" : "`=` or NUL in its name";
    return failure(
      "environment-invalid",
      `${LAUNCH_FAILED}: the environment variable \`${shown}\` has ${what}`,
    );
  }
  return undefined;
}

function argumentProblem({ argv, executable, cwd }: RunPlan): ExecutionFailure | undefined {
  const at = argv.findIndex((arg) => arg.includes("\0"));
  if (at !== -1)
    return failure("argument-invalid", `${LAUNCH_FAILED}: argument ${at} of the command has a NUL in it`);
  if (!executable.includes("\0") && !cwd.includes("\0")) return undefined;
  return executable.includes("\0")
    ? failure("argument-invalid", `${LAUNCH_FAILED}: the name of the program has a NUL in it`)
    : cwdMissing(cwd.replaceAll("\0", "\\0"), "a NUL in the path");
}

/** Of a name that cannot be used, in an error text. */
const SHOWN_CHARS = 80;

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

/** What is wrong with the directory, if anything is. */
export function cwdProblem(cwd: string): ExecutionFailure | undefined {
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
  const what = `${LAUNCH_FAILED} (${code})`;
  if (code === "ENOENT")
    return failure("executable-missing", `${what}: ${plan.executable} or its interpreter is missing`);
  if (code === "EACCES" || code === "EPERM")
    return failure("executable-not-accessible", `${what}: ${plan.executable} may not be executed`);
  if (code === "EAGAIN" || code === "EMFILE" || code === "ENFILE" || code === "ENOMEM") {
    return failure("too-many-processes", `${what}: the node host has no room for another process`);
  }
  if (code === "E2BIG") return failure("too-large", `${what}: ${largest(plan)}`);
  return failure("spawn-failed", `${what}: ${plan.executable}`);
}

/** Which part of a command is too large for the system. */
function largest({ argv, env }: RunPlan): string {
  const tooLong = (text: string): boolean => Buffer.byteLength(text) >= RUN_LIMITS.argumentBytes;
  const arg = argv.findIndex(tooLong);
  if (arg !== -1)
    return `argument ${arg} of the command is larger than the ${RUN_LIMITS.argumentBytes} bytes that this system takes`;
  const name = Object.keys(env).find((key) => tooLong(`${key}=${env[key] ?? ""}`));
  if (name === undefined) return "arguments and environment are too large for this system";
  const shown = JSON.stringify(name.slice(0, SHOWN_CHARS)).slice(1, -1);
  return `the environment variable \`${shown}\` is larger than the ${RUN_LIMITS.argumentBytes} bytes that this system takes`;
}
