import { accessSync, constants, readdirSync, readFileSync, statSync, type Stats } from "node:fs";
import { resolve } from "node:path";
import type { RunPlan } from "@openclaw/protocol";
import { failure, LAUNCH_FAILED, type ExecutionFailure } from "./errors.ts";
import { RUN_LIMITS } from "./limits.ts";
import { KnownHeads, readHead, type ProgramHead } from "./program-head.ts";

const HEADS = new KnownHeads();
/** Where Linux keeps the formats that somebody has registered an interpreter for. */
const FORMATS = "/proc/sys/fs/binfmt_misc";

export interface ProgramCheckOptions {
  readonly platform: NodeJS.Platform;
  readonly arch?: string;
  /** Something else will start the program, so that also what the system would say has to be said now. */
  readonly complete: boolean;
  readonly formats?: string;
}

/**
 * Refuses what the system cannot run itself. Its library would hand such a file to `/bin/sh` without a word, and then
 * another program runs than the one that was decided. What is missing or closed the system says itself.
 */
export function checkProgram(plan: RunPlan, options: ProgramCheckOptions): ExecutionFailure | undefined {
  if (options.platform === "win32") return undefined;
  // Looked at a moment ago, when the plan was checked again: nothing new can be learned from it.
  const bound = options.complete ? undefined : plan.bindings.find(({ path }) => path === plan.executable);
  if (bound !== undefined && HEADS.known(bound.path, bound)?.kind === "binary") return undefined;
  let path = plan.executable;
  for (let depth = 0; depth < RUN_LIMITS.interpreterDepth; depth += 1) {
    const stats = look(path);
    if (stats === undefined) return options.complete ? missing(plan) : undefined;
    if (stats === "closed") return options.complete ? closed(plan) : undefined;
    if (!stats.isFile())
      return refuse(
        "executable-not-a-file",
        path,
        plan,
        stats.isDirectory() ? "is a directory" : "is no regular file",
      );
    if (options.complete && !mayExecute(path)) return closed(plan);
    const head = HEADS.get(path, stats, options.arch ?? process.arch);
    // May be executed but not read: then a shell cannot read it either.
    if (head === undefined || head.kind === "binary") return undefined;
    if (head.kind !== "script") {
      if (!mayExecute(path)) return closed(plan);
      return isRegistered(path, options) ? undefined : headProblem(head, path, plan);
    }
    path = resolve(plan.cwd, head.interpreter);
  }
  return refuse("script-without-interpreter", path, plan, "is reached through too many interpreters");
}

type BadHead = Exclude<ProgramHead, { kind: "binary" } | { kind: "script" }>;

function headProblem(head: BadHead, path: string, plan: RunPlan): ExecutionFailure {
  switch (head.kind) {
    case "empty":
      return refuse("executable-empty", path, plan, "is an empty file");
    case "no-interpreter":
      return refuse(
        "script-without-interpreter",
        path,
        plan,
        "has a first line `#!` that names no interpreter",
      );
    case "foreign-binary":
      return refuse(
        "wrong-architecture",
        path,
        plan,
        `is made for another processor (ELF machine ${head.machine}, this is ${process.arch})`,
      );
    case "not-a-program":
      return refuse("unknown-format", path, plan, "is machine code, but no complete program");
    case "unknown-text":
      return refuse(
        "script-without-interpreter",
        path,
        plan,
        "is neither machine code nor a script whose first line names its interpreter; add one, such as `#!/bin/sh`",
      );
  }
}

function refuse(code: ExecutionFailure["code"], path: string, plan: RunPlan, what: string): ExecutionFailure {
  const of = path === plan.executable ? path : `${path}, the interpreter of ${plan.executable},`;
  return failure(code, `${LAUNCH_FAILED}: ${of} ${what}`);
}

function missing(plan: RunPlan): ExecutionFailure {
  return failure(
    "executable-missing",
    `${LAUNCH_FAILED} (ENOENT): ${plan.executable} or its interpreter is missing`,
  );
}

function closed(plan: RunPlan): ExecutionFailure {
  return failure(
    "executable-not-accessible",
    `${LAUNCH_FAILED} (EACCES): ${plan.executable} may not be executed`,
  );
}

function look(path: string): Stats | "closed" | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return "closed";
  }
}

function mayExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Has somebody told this kernel who runs such files, as for foreign processors, Java or Windows programs? */
function isRegistered(path: string, { platform, formats = FORMATS }: ProgramCheckOptions): boolean {
  if (platform !== "linux") return false;
  const head = readHead(path);
  if (head === undefined) return false;
  try {
    return readdirSync(formats)
      .filter((name) => name !== "status" && name !== "register")
      .some((name) => formatFits(readFileSync(`${formats}/${name}`, "latin1"), path, head));
  } catch {
    return false;
  }
}

/** One registered format, as the kernel writes it: `enabled`, then `extension .x` or `offset`, `magic` and perhaps `mask`. */
export function formatFits(format: string, path: string, head: Buffer): boolean {
  if (!/^enabled$/mu.test(format)) return false;
  const extension = /^extension \.(.+)$/mu.exec(format)?.[1];
  if (extension !== undefined) return path.slice(path.lastIndexOf(".") + 1) === extension;
  const magic = Buffer.from(/^magic ([0-9a-f]+)$/mu.exec(format)?.[1] ?? "", "hex");
  const mask = Buffer.from(/^mask ([0-9a-f]+)$/mu.exec(format)?.[1] ?? "", "hex");
  const offset = Number(/^offset (\d+)$/mu.exec(format)?.[1] ?? "0");
  if (magic.length === 0 || head.length < offset + magic.length) return false;
  return magic.every((byte, at) => (((head[offset + at] ?? 0) ^ byte) & (mask[at] ?? 0xff)) === 0);
}
