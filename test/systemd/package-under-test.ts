// The package as a package manager leaves it, its commands, and a small Gateway: for the checks beside a systemd.
import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BUILT = process.argv[2] ?? fileURLToPath(new URL("../../apps/cli/dist", import.meta.url));
const MANIFEST = fileURLToPath(new URL("../../apps/cli/package.json", import.meta.url));
export const TOKEN = "test-token-0123456789";

export type Json = any; // oxlint-disable-line typescript/no-explicit-any -- answers of a program under test

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Its version can be changed as an update does. Returns the entry. */
export function installPackage(directory: string, version?: string): string {
  fs.cpSync(BUILT, `${directory}/dist`, { recursive: true });
  const manifest = fs.readFileSync(MANIFEST, "utf8");
  const current = (JSON.parse(manifest) as { version: string }).version;
  fs.writeFileSync(`${directory}/package.json`, manifest.replace(current, version ?? current));
  if (version !== undefined) rename(`${directory}/dist`, current, version);
  return `${directory}/dist/main.js`;
}

/** The bundler decides in which chunk the version is, and in which quotes. */
function rename(dist: string, current: string, version: string): void {
  let found = 0;
  for (const name of fs.readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".js")) continue;
    const text = fs.readFileSync(`${dist}/${name}`, "utf8");
    const parts = text.split(new RegExp(`(?<=["'\`])${current.replaceAll(".", "\\.")}(?=["'\`])`, "u"));
    found += parts.length - 1;
    fs.writeFileSync(`${dist}/${name}`, parts.join(version));
  }
  assert.notEqual(found, 0, "the version is somewhere");
}

type Env = Readonly<Record<string, string>>;

export interface Commands {
  readonly cli: (args: readonly string[], env?: Env) => Answer;
  /** With `--json`; fails unless the exit code is as expected. */
  readonly json: (args: readonly string[], env?: Env, code?: number) => Json;
}

/** Commands of ours, run by a runtime. */
export function commandsOf(runtime: string, entry: () => string): Commands {
  const cli: Commands["cli"] = (args, env = {}) => {
    const done = spawnSync(runtime, [entry(), ...args], {
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", ...env },
    });
    return { code: done.status, stdout: done.stdout, stderr: done.stderr };
  };
  return {
    cli,
    json: (args, env = {}, code = 0) => {
      const answer = cli([...args, "--json"], env);
      assert.equal(answer.code, code, `${args.join(" ")}: ${answer.stdout}${answer.stderr}`);
      return JSON.parse(answer.stdout);
    },
  };
}

export interface SmallGateway {
  readonly port: number;
  end(): void;
}

export async function startSmallGateway(entry: string): Promise<SmallGateway> {
  const gateway = spawn(
    process.execPath,
    [entry, "gateway", "dev", "--port", "0", "--token", TOKEN, "--json"],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const [announced] = (await once(createInterface({ input: gateway.stdout }), "line")) as [string];
  const { port } = JSON.parse(announced) as { port: number };
  return { port, end: () => void gateway.kill() };
}

/** Approves the commands that a new node offers, where the Gateway asks. */
export function approveCommands(operate: (words: readonly string[]) => Answer): void {
  const pending = JSON.parse(operate(["nodes", "pending", "--json"]).stdout);
  const [request] = Array.isArray(pending) ? pending : pending.pending;
  if (request !== undefined)
    assert.equal(operate(["nodes", "approve", request.requestId]).code, 0, "approve");
}
