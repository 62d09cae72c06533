import { lstatSync, type Stats } from "node:fs";
import { readConfig, StoreError, type StatePaths } from "@openclaw/config-store";
import { quoteWord } from "@openclaw/approvals";
import { checkStateDir } from "../state.ts";
import { CliError } from "../errors.ts";
import { check, type Check } from "./doctor-check.ts";
import type { SavedFacts } from "./saved-facts.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The state directory, the files in it and the configuration. Reads only. */
export function stateChecks(paths: StatePaths, saved: SavedFacts, env: Environment): readonly Check[] {
  return [...directoryChecks(paths), ...fileChecks(paths), ...contentChecks(paths, saved, env)];
}

function directoryChecks(paths: StatePaths): readonly Check[] {
  const { stateDir } = paths;
  try {
    checkStateDir(paths);
  } catch (error) {
    if (!(error instanceof CliError || error instanceof StoreError)) throw error;
    return [check("state-directory", "error", error.message)];
  }
  const facts = look(stateDir);
  if (facts === undefined)
    return [check("state-directory", "note", `\`${stateDir}\` is not there yet; the first start makes it`)];
  if (!facts.isDirectory())
    return [check("state-directory", "error", `\`${stateDir}\` is not a directory; move it away`)];
  return [modeCheck("state-directory", stateDir, facts, 0o700)];
}

/** Secrets lie in these; nobody else may read them. */
export function privateFiles(paths: StatePaths): readonly (readonly [id: string, path: string])[] {
  return [
    ["settings", paths.nodeFile],
    ["device-identity", paths.deviceFile],
    ["device-tokens", paths.deviceAuthFile],
    ["policy-file", paths.approvalsFile],
    ["service-secrets", paths.serviceEnvFile],
  ];
}

function fileChecks(paths: StatePaths): readonly Check[] {
  return privateFiles(paths).flatMap(([id, path]) => {
    const facts = look(path);
    if (facts === undefined) return [];
    if (!facts.isFile()) return [check(id, "error", `\`${path}\` is not a plain file; move it away`)];
    return [modeCheck(id, path, facts, 0o600)];
  });
}

function modeCheck(id: string, path: string, facts: Stats, wanted: number): Check {
  if (process.platform === "win32") return check(id, "ok", `\`${path}\` is there`);
  const self = process.getuid?.();
  if (self !== undefined && self !== 0 && facts.uid !== self)
    return check(id, "error", `\`${path}\` belongs to another user`, `sudo chown ${self} ${quoteWord(path)}`);
  const open = facts.mode & 0o077;
  const octal = (facts.mode & 0o7777).toString(8).padStart(4, "0");
  const mend = `chmod ${wanted.toString(8)} ${quoteWord(path)}`;
  if (open === 0) return check(id, "ok", `\`${path}\` is private (mode ${octal})`);
  const level = (facts.mode & 0o022) === 0 ? "warning" : "error";
  return check(id, level, `others can get at \`${path}\` (mode ${octal})`, mend);
}

function contentChecks(paths: StatePaths, saved: SavedFacts, env: Environment): readonly Check[] {
  const checks = saved.problems.map((text) => check("files", "error", text));
  try {
    readConfig(paths, env);
    checks.push(check("configuration", "ok", `\`${paths.configFile}\` can be used, or is not there`));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    checks.push(check("configuration", "error", error.message));
  }
  return checks;
}

/** The policy in force for runs that name no agent. */
export function policyChecks({ policy, policyState }: SavedFacts): readonly Check[] {
  if (policyState === "malformed")
    return [check("policy", "error", "the policy is malformed", "openclaw approvals get")];
  if (policy === undefined) return [];
  const { security, ask, askFallback } = policy;
  if (security === "full" && ask === "off")
    return [
      check("policy", "warning", "the policy runs every command without asking", "openclaw approvals get"),
    ];
  return [check("policy", "ok", `security ${security}, ask ${ask}, fallback ${askFallback}`)];
}

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
