// Installs real OpenClaw Gateways from the npm registry into a cache outside the work tree.
// One directory per version; safe when several test processes ask at the same time.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { sharedTraces } from "./traces.ts";

const run = promisify(execFile);

/** Milliseconds a cold install may take on a slow link. */
const INSTALL_LIMIT_MS = 600_000;
/** Milliseconds between two looks at a lock that another process holds. */
const LOCK_POLL_MS = 250;
/** The oldest Node that the newest Gateway accepts. */
const GATEWAY_NODE = [24, 16] as const;

export interface InstalledGateway {
  readonly version: string;
  /** The directory that holds `node_modules`. */
  readonly dir: string;
  /** The program: `openclaw.mjs`. */
  readonly entry: string;
  /** The Node that runs it (24.16 or newer). */
  readonly node: string;
}

/** Installs `openclaw@version`, or finds it complete in the cache. Rejects with npm's own words. */
export async function installGateway(version: string): Promise<InstalledGateway> {
  if (!/^\d{4}\.\d+\.\d+(-[\w.]+)?$/.test(version))
    throw new Error(`\`${version}\` is not an OpenClaw version`);
  const root = gatewayCache();
  const dir = join(root, version);
  const found: InstalledGateway = {
    version,
    dir,
    entry: join(dir, "node_modules", "openclaw", "openclaw.mjs"),
    node: gatewayNode(),
  };
  if (existsSync(marker(dir))) return found;
  await mkdir(root, { recursive: true });
  const unlock = await lock(join(root, `${version}.lock`));
  try {
    if (existsSync(marker(dir))) return found;
    if (!(await isComplete(found))) await install(found);
    await writeFile(marker(dir), `${new Date().toISOString()}\n`);
    return found;
  } finally {
    await unlock();
  }
}

/** Where the installed Gateways live. */
export function gatewayCache(env: NodeJS.ProcessEnv = process.env): string {
  const own = env["OPENCLAW_TEST_GATEWAYS"];
  if (own !== undefined && own !== "") return own;
  const cache = env["XDG_CACHE_HOME"];
  return join(
    cache !== undefined && cache !== "" ? cache : join(homedir(), ".cache"),
    "openclaw-test-gateways",
  );
}

/** A Node that is new enough: the running one, else the one of the workspace. */
export function gatewayNode(): string {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > GATEWAY_NODE[0] || (major === GATEWAY_NODE[0] && minor >= GATEWAY_NODE[1]))
    return process.execPath;
  const workspace = join(import.meta.dirname, "..", "..", "node_modules", ".bin", "node");
  if (existsSync(workspace)) return workspace;
  throw new Error(`gateways need node ${GATEWAY_NODE.join(".")} or newer; run pnpm install in the workspace`);
}

function marker(dir: string): string {
  return join(dir, ".complete");
}

async function isComplete({ version, dir, entry, node }: InstalledGateway): Promise<boolean> {
  const traces = sharedTraces();
  try {
    const manifest = readFileSync(join(dir, "node_modules", "openclaw", "package.json"), "utf8");
    if (JSON.parse(manifest).version !== version) return false;
    const { stdout } = await run(node, [entry, "--version"], { timeout: 60_000 });
    return stdout.includes(version);
  } catch {
    return false;
  } finally {
    for (const path of traces) await rm(path, { recursive: true, force: true });
  }
}

async function install(gateway: InstalledGateway): Promise<void> {
  const { version, dir } = gateway;
  // Beside the final place and renamed at the end: an interrupted install is never taken for a whole one.
  const staging = `${dir}.staging`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  const manifest: Record<string, unknown> = {
    name: "gateway",
    private: true,
    dependencies: { openclaw: version },
  };
  // Before April 2026 one dependency came from git, which registries and offline mirrors cannot give.
  const [year = 0, month = 0] = version.split(".").map(Number);
  if (year < 2026 || (year === 2026 && month < 4))
    manifest["overrides"] = { libsignal: "npm:libsignal@6.0.0" };
  await writeFile(join(staging, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const windows = process.platform === "win32";
  await run(windows ? "npm.cmd" : "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: staging,
    timeout: INSTALL_LIMIT_MS,
    maxBuffer: 16 * 1024 * 1024,
    shell: windows,
  });
  await rm(dir, { recursive: true, force: true });
  await rename(staging, dir);
  if (!(await isComplete(gateway))) throw new Error(`openclaw \`${version}\` was installed but does not run`);
}

/** A directory as a lock: made by one process alone; taken over when its owner is dead. */
async function lock(path: string): Promise<() => Promise<void>> {
  const deadline = Date.now() + INSTALL_LIMIT_MS;
  for (;;) {
    try {
      await mkdir(path);
      await writeFile(join(path, "pid"), String(process.pid));
      return () => rm(path, { recursive: true, force: true });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    if (ownerIsDead(path)) await rm(path, { recursive: true, force: true });
    else if (Date.now() > deadline)
      throw new Error(`another install holds \`${path}\`; remove it if none runs`);
    else await delay(LOCK_POLL_MS);
  }
}

function ownerIsDead(path: string): boolean {
  try {
    process.kill(Number(readFileSync(join(path, "pid"), "utf8")) || process.pid, 0);
    return false;
  } catch (error) {
    // No pid file yet: its owner is between the two steps. No such process: stale.
    return codeOf(error) === "ESRCH";
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
