// Installs the runtimes that users may have from the npm registry into a cache outside the work tree.
// One directory per runtime; safe when several test processes ask at the same time.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Milliseconds a cold install may take on a slow link. */
const INSTALL_LIMIT_MS = 600_000;

export interface RuntimeOrder {
  readonly name: "node" | "bun";
  /** What the registry is asked for; also the name of the directory. */
  readonly range: string;
}

/** The Nodes that the manifest promises, and bun. */
export const RUNTIMES: readonly RuntimeOrder[] = [
  { name: "node", range: "20" },
  { name: "node", range: "22" },
  { name: "node", range: "24" },
  { name: "bun", range: "1" },
];

export interface InstalledRuntime extends RuntimeOrder {
  readonly version: string;
  /** The program itself, not a link or a wrapper. */
  readonly path: string;
}

/** Installs a runtime, or finds it complete in the cache. Throws with npm's own words. */
export function installRuntime(order: RuntimeOrder): InstalledRuntime {
  const dir = join(runtimeCache(), `${order.name}-${order.range}`);
  const { manifest, program } = packageOf(order);
  const path = join(dir, program);
  if (!existsSync(path)) install(dir, manifest);
  const version = execFileSync(path, ["--version"], { encoding: "utf8", timeout: 60_000 })
    .trim()
    .replace("v", "");
  if (version.split(".")[0] !== order.range) throw new Error(`${path} is ${version}, not ${order.range}`);
  return { ...order, version, path };
}

/** Where the installed runtimes live. */
function runtimeCache(env: NodeJS.ProcessEnv = process.env): string {
  const own = env["OPENCLAW_TEST_RUNTIMES"] ?? "";
  if (own !== "") return own;
  const cache = env["XDG_CACHE_HOME"] ?? "";
  return join(cache === "" ? join(homedir(), ".cache") : cache, "openclaw-test-runtimes");
}

/** Neither package needs its install script: the programs themselves lie in packages per platform. */
function packageOf({ name, range }: RuntimeOrder): { manifest: Record<string, string>; program: string } {
  const platform = `linux-${process.arch}`;
  if (name === "node")
    return {
      manifest: { [`node-${platform}`]: range },
      program: `node_modules/node-${platform}/bin/node`,
    };
  return {
    manifest: { bun: range },
    program: `node_modules/@oven/bun-${platform.replace("arm64", "aarch64")}/bin/bun`,
  };
}

function install(dir: string, dependencies: Record<string, string>): void {
  mkdirSync(runtimeCache(), { recursive: true });
  // Beside the final place and renamed at the end: an interrupted install is never taken for a whole one.
  const staging = mkdtempSync(`${dir}.staging-`);
  try {
    writeFileSync(join(staging, "package.json"), JSON.stringify({ private: true, dependencies }));
    execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"], {
      cwd: staging,
      timeout: INSTALL_LIMIT_MS,
      stdio: ["ignore", "ignore", "pipe"],
    });
    rmSync(dir, { recursive: true, force: true });
    renameSync(staging, dir);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
