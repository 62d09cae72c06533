import { accessSync, constants, statSync, type Stats } from "node:fs";
import { delimiter, isAbsolute } from "node:path";
import { quoteWord } from "@openclaw/approvals";
import { readConfig, StoreError, type NodeConfig, type StatePaths } from "@openclaw/config-store";
import { browserFacts } from "../browser/browser-facts.ts";
import { check, found, type Check } from "./doctor-check.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What runs find on this machine: a shell, programs, a browser. */
export async function machineChecks(
  paths: StatePaths,
  env: Environment,
  servicePath: string | undefined,
): Promise<readonly Check[]> {
  return [shellCheck(paths), ...pathChecks(servicePath, env), ...(await browserChecks(paths, env))];
}

function shellCheck({ platform, home }: StatePaths): Check {
  if (platform === "win32") return check("shell", "ok", "cmd.exe of the system");
  if (!isRunnable("/bin/sh")) return found("no-shell", "`/bin/sh` cannot be run");
  // Many programs fail in strange ways without it.
  if (lookAt(home)?.isDirectory() !== true)
    return check("shell", "warning", `the home directory \`${home}\` is not there`);
  return check("shell", "ok", "`/bin/sh`");
}

/** The service's PATH where there is a service: that is what its runs get. */
export function pathChecks(servicePath: string | undefined, env: Environment): readonly Check[] {
  const whose = servicePath === undefined ? "of this shell" : "of the service";
  const entries = (servicePath ?? env["PATH"] ?? env["Path"] ?? "")
    .split(delimiter)
    .filter((one) => one !== "");
  const usable = entries.filter((entry) => isAbsolute(entry));
  if (usable.length === 0) return [found("no-path", `PATH ${whose} names no directory`)];
  const facts = usable.map((entry) => ({ entry, stats: lookAt(entry) }));
  const missing = facts.filter(({ stats }) => stats?.isDirectory() !== true);
  if (missing.length === facts.length) return [found("no-path", `no directory in PATH ${whose} is there`)];
  const open =
    process.platform === "win32" ? [] : facts.filter(({ stats }) => ((stats?.mode ?? 0) & 0o002) !== 0);
  const count = `${facts.length - missing.length} ${facts.length - missing.length === 1 ? "directory" : "directories"} in PATH ${whose}`;
  return [
    open.length === 0 ? check("path", "ok", count) : undefined,
    ...open.map(({ entry }) =>
      found("path-writable", `everybody can write to \`${entry}\` in PATH ${whose}`, {
        level: "warning",
        command: `chmod o-w ${quoteWord(entry)}`,
      }),
    ),
    missing.length === 0
      ? undefined
      : found("path-missing", `not there: ${missing.map(({ entry }) => `\`${entry}\``).join(", ")}`, {
          level: "note",
        }),
  ].filter((one) => one !== undefined);
}

async function browserChecks(paths: StatePaths, env: Environment): Promise<readonly Check[]> {
  let config: NodeConfig;
  try {
    config = readConfig(paths, env);
  } catch (error) {
    // The configuration has a check of its own.
    if (error instanceof StoreError) return [];
    throw error;
  }
  const { kind, path, problem } = await browserFacts(config, { env });
  if (problem === undefined) return [check("browser", "ok", `${kind ?? "browser"} at \`${path ?? ""}\``)];
  if (problem.code === "browser-off") return [check("browser", "ok", problem.text)];
  // Only who named a program, or calls for pages, has to do something about it.
  const level = config.browser.executablePath !== undefined && kind === undefined ? "warning" : "note";
  return [found(problem.code, problem.text, { level, command: problem.command })];
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
