import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";

import { serviceLimits } from "./limits.ts";
import type {
  Account,
  CommandOutcome,
  FileOwner,
  PathFacts,
  RunOptions,
  ServiceSystem,
} from "./service-system.ts";

/** The machine itself. */
export function realServiceSystem(
  env: Readonly<Record<string, string | undefined>> = process.env,
): ServiceSystem {
  const { platform } = process;
  const run: ServiceSystem["run"] = (argv, options) => runCommand(argv, options, env);
  return {
    platform,
    env,
    self: currentAccount(env),
    temporaryDir: tmpdir(),
    run,
    factsOf,
    readFile,
    list: (path) => {
      try {
        return fs.readdirSync(path).slice(0, serviceLimits.listedFiles);
      } catch {
        return [];
      }
    },
    writeFile,
    makeDirectory,
    removeFile: (path) => {
      try {
        fs.unlinkSync(path);
        return true;
      } catch (error) {
        if (systemCode(error) === "ENOENT") return false;
        throw error;
      }
    },
    removeDirectory: (path) => {
      try {
        fs.rmdirSync(path);
        return true;
      } catch {
        return false;
      }
    },
    account: async (name) =>
      parseAccount(await run(accountQuestion(platform, name), { timeoutMs: serviceLimits.questionMs }), name),
  };
}

function currentAccount(env: Readonly<Record<string, string | undefined>>): Account {
  const home = homedir();
  try {
    const { username, uid, gid } = userInfo();
    const domain = env["USERDOMAIN"];
    const name =
      process.platform === "win32" && domain !== undefined && domain !== ""
        ? `${domain}\\${username}`
        : username;
    return { name, uid, gid, home };
  } catch {
    // A number without a name in the user database, as in containers.
    return {
      name: String(process.getuid?.() ?? -1),
      uid: process.getuid?.() ?? -1,
      gid: process.getgid?.() ?? -1,
      home,
    };
  }
}

function accountQuestion(platform: NodeJS.Platform, name: string): readonly [string, ...string[]] {
  return platform === "darwin" ? ["id", "-P", "--", name] : ["getent", "passwd", "--", name];
}

/** One line of the user database: seven fields, or ten on macOS. */
export function parseAccount(outcome: CommandOutcome, name: string): Account | undefined {
  if (outcome.kind !== "exited" || outcome.code !== 0) return undefined;
  const fields = (outcome.stdout.split("\n")[0] ?? "").split(":");
  const home = fields.length >= 10 ? fields[8] : fields[5];
  if (fields[0] !== name || home === undefined || !home.startsWith("/")) return undefined;
  const [uid, gid] = [Number(fields[2]), Number(fields[3])];
  return Number.isInteger(uid) && Number.isInteger(gid) ? { name, uid, gid, home } : undefined;
}

function runCommand(
  [program, ...rest]: readonly [string, ...string[]],
  options: RunOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<CommandOutcome> {
  const childEnv = { ...env, LC_ALL: "C", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0", ...options.env };
  if (options.detached === true) return startDetached(program, rest, childEnv);
  return new Promise((resolve) => {
    const child = execFile(
      program,
      rest,
      {
        env: childEnv,
        timeout: options.timeoutMs,
        killSignal: "SIGKILL",
        maxBuffer: serviceLimits.outputBytes,
        windowsHide: true,
        encoding: "utf8",
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ kind: "exited", code: 0, stdout, stderr });
        else if (typeof error.code === "number")
          resolve({ kind: "exited", code: error.code, stdout, stderr });
        else if (systemCode(error) === "ENOENT") resolve({ kind: "missing" });
        else if (error.killed === true && systemCode(error) !== "ERR_CHILD_PROCESS_STDIO_MAXBUFFER")
          resolve({ kind: "timed-out" });
        else resolve({ kind: "broken", detail: systemCode(error) ?? `signal ${error.signal ?? "unknown"}` });
      },
    );
    child.stdin?.end();
  });
}

function startDetached(
  program: string,
  rest: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const child = spawn(program, rest, { env, detached: true, stdio: "ignore", windowsHide: true });
    child.once("error", (error) => {
      resolve(
        systemCode(error) === "ENOENT" ? { kind: "missing" } : { kind: "broken", detail: error.message },
      );
    });
    child.once("spawn", () => {
      child.unref();
      resolve({ kind: "exited", code: 0, stdout: "", stderr: "" });
    });
  });
}

function factsOf(path: string): PathFacts | undefined {
  try {
    const facts = fs.statSync(path);
    const kind = facts.isFile() ? "file" : facts.isDirectory() ? "directory" : "other";
    return { kind, mode: facts.mode & 0o7777, uid: facts.uid };
  } catch {
    return undefined;
  }
}

function readFile(path: string): Buffer | undefined {
  let file: number;
  try {
    // A pipe in its place must not hold us up.
    file = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
  try {
    const facts = fs.fstatSync(file);
    if (!facts.isFile()) throw new Error("not a file");
    if (facts.size > serviceLimits.definitionBytes) throw new Error("too large");
    return fs.readFileSync(file);
  } finally {
    fs.closeSync(file);
  }
}

function writeFile(path: string, content: Buffer, mode: number, owner?: FileOwner): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = fs.openSync(temporary, "wx", 0o600);
    try {
      fs.writeFileSync(file, content);
      if (owner !== undefined) fs.fchownSync(file, owner.uid, owner.gid);
      // The umask may have taken bits away.
      fs.fchmodSync(file, mode);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

function makeDirectory(path: string, mode: number): readonly string[] {
  const made: string[] = [];
  const make = (directory: string): void => {
    try {
      fs.mkdirSync(directory, { mode });
      made.push(directory);
    } catch (error) {
      const code = systemCode(error);
      if (code === "ENOENT" && dirname(directory) !== directory) {
        make(dirname(directory));
        make(directory);
      } else if (code !== "EEXIST" || factsOf(directory)?.kind !== "directory") throw error;
    }
  };
  make(path);
  return made;
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
