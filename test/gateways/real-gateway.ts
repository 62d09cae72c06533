// Starts a real OpenClaw Gateway of a given version for a test, with a home of its own, and
// leaves nothing behind. One takes about 800 MB of memory: start one at a time.
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect as tlsConnect } from "node:tls";
import { freePorts } from "./free-ports.ts";
import { installGateway } from "./install.ts";
import type { InstalledGateway } from "./install.ts";
import { endGroup, guard } from "./process-guard.ts";
import { connectRaw } from "./raw-client.ts";
import { tracesOf } from "./traces.ts";

/** Milliseconds until the first hello; a cold start on a busy machine takes a quarter of it. */
const READY_LIMIT_MS = 120_000;
const READY_POLL_MS = 150;
const CLI_LIMIT_MS = 120_000;
/** Milliseconds to end by itself at the end of a test. */
const STOP_LIMIT_MS = 10_000;
/** The same at a restart, where the orderly end is part of the test. */
const RESTART_LIMIT_MS = 60_000;
/** Ports from its own upwards that an old Gateway opens. */
const PORT_SPAN = 5;
/** Characters of output that are kept. */
const LOG_LIMIT = 4 * 1024 * 1024;

export interface RealGatewayOptions {
  readonly version: string;
  /** A state directory to use again; it is then the caller's to remove. */
  readonly stateDir?: string;
  readonly port?: number;
  readonly token?: string;
  /** `wss://` with a certificate that the Gateway makes itself. */
  readonly tls?: boolean;
  /** More of `openclaw.json`, merged over the top level; `gateway` is merged one level deep. */
  readonly config?: { readonly gateway?: Record<string, unknown>; readonly [key: string]: unknown };
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RealGateway {
  readonly version: string;
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly stateDir: string;
  /** The Gateway's home directory, for what it writes outside its state directory. */
  readonly home: string;
  /** SHA-256 of the leaf certificate, 64 lower-case hex digits; with `tls` only. */
  readonly tlsFingerprint?: string;
  /** What it wrote to stdout and stderr so far. */
  log(): string;
  /** Ends the whole process group and removes the directories this call made. */
  stop(): Promise<void>;
  /**
   * SIGTERM (with `crash`: SIGKILL), then a new process with the same state, port and token; resolves when
   * it greets again. The newest release first waits until the invokes that run are answered.
   */
  restart(options?: { readonly crash?: boolean }): Promise<void>;
  /** Runs the official command line of the same version with the same home. */
  cli(args: readonly string[]): Promise<CliResult>;
}

/** Resolves when an operator's connect was answered with a hello; rejects with the log's tail otherwise. */
export async function startRealGateway(options: RealGatewayOptions): Promise<RealGateway> {
  const installed = await installGateway(options.version);
  const base = mkdtempSync(join(tmpdir(), "gateway-test-"));
  const home = join(base, "home");
  const stateDir = options.stateDir ?? join(home, ".openclaw");
  const port = options.port ?? (await freePorts(PORT_SPAN));
  const token = options.token ?? randomBytes(16).toString("hex");
  const url = `${options.tls === true ? "wss" : "ws"}://127.0.0.1:${port}`;
  const env = environment(installed, base, stateDir, token);
  const traces = [base, ...tracesOf(stateDir)];
  let output = "";
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = launch(installed, port, env, traces, (text) => {
      output = (output + text).slice(-LOG_LIMIT);
    });
    await ready(child, url, token, () => output);
  };
  const stop = async (): Promise<void> => {
    if (child !== undefined) await endGroup(child, STOP_LIMIT_MS);
    for (const path of traces)
      rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  for (const dir of [home, stateDir, join(base, "tmp")]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  shareCaches(installed, base);
  writeFileSync(join(stateDir, "openclaw.json"), configuration(options, base, port, token));
  try {
    await start();
    return {
      version: options.version,
      url,
      port,
      token,
      stateDir,
      home,
      ...(options.tls === true ? { tlsFingerprint: await leafFingerprint(port) } : {}),
      log: () => output,
      stop,
      restart: async ({ crash = false } = {}) => {
        if (child !== undefined) await endGroup(child, crash ? 0 : RESTART_LIMIT_MS);
        await start();
      },
      cli: (args) => cli(installed, args, env, base),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configuration(options: RealGatewayOptions, base: string, port: number, token: string): string {
  const more = options.config ?? {};
  const logging = { file: join(base, "gateway.log") };
  const update = { checkOnStart: false };
  const gateway = {
    mode: "local",
    port,
    bind: "loopback",
    auth: { mode: "token", token },
    trustedProxies: ["127.0.0.1"],
    ...(options.tls === true ? { tls: { enabled: true } } : {}),
    ...more.gateway,
  };
  return `${JSON.stringify({ logging, update, ...more, gateway }, null, 2)}\n`;
}

function environment(
  installed: InstalledGateway,
  base: string,
  stateDir: string,
  token: string,
): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(PATH|LANG|LC_.*|TZ|SystemRoot|ComSpec|PATHEXT)$/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: join(base, "home"),
    USERPROFILE: join(base, "home"),
    TMPDIR: join(base, "tmp"),
    OPENCLAW_STATE_DIR: stateDir,
    OPENCLAW_CONFIG_PATH: join(stateDir, "openclaw.json"),
    OPENCLAW_GATEWAY_TOKEN: token,
    OPENCLAW_SKIP_CHANNELS: "1",
    // No multicast and no look at the registry from a test.
    OPENCLAW_DISABLE_BONJOUR: "1",
    OPENCLAW_NO_AUTO_UPDATE: "1",
    NO_COLOR: "1",
    // Makes a start 2 s and an end 5 s faster.
    NODE_COMPILE_CACHE: join(installed.dir, ".cache", "node"),
  };
}

/** Old Gateways compile their plugins at start, 10 s long, into their TMPDIR. */
function shareCaches({ dir }: InstalledGateway, base: string): void {
  if (process.platform === "win32") return;
  const shared = join(dir, ".cache", "jiti");
  mkdirSync(shared, { recursive: true });
  symlinkSync(shared, join(base, "tmp", "jiti"));
}

function launch(
  { entry, node }: InstalledGateway,
  port: number,
  env: NodeJS.ProcessEnv,
  traces: readonly string[],
  write: (text: string) => void,
): ChildProcess {
  const args = [entry, "gateway", "run", "--port", String(port), "--allow-unconfigured", "--auth", "token"];
  const child = spawn(node, [...args, "--bind", "loopback"], {
    cwd: env["HOME"],
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  guard(child, traces);
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", write);
  return child;
}

async function ready(child: ChildProcess, url: string, token: string, log: () => string): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  for (let last = "no answer"; ;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`gateway ended with ${child.exitCode ?? child.signalCode}\n${log().slice(-4000)}`);
    }
    try {
      // No device: the probe must not show up among the paired devices.
      const probe = await connectRaw(url, { role: "operator", token, identity: null });
      await probe.close();
      if (probe.hello !== undefined) return;
      last = JSON.stringify(probe.error);
    } catch (error) {
      last = String(error);
    }
    if (Date.now() > deadline) throw new Error(`gateway not ready: ${last}\n${log().slice(-4000)}`);
    await delay(READY_POLL_MS);
  }
}

function cli(
  { entry, node }: InstalledGateway,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<CliResult> {
  return new Promise((resolve) => {
    const limits = { timeout: CLI_LIMIT_MS, maxBuffer: 64 * 1024 * 1024 };
    execFile(node, [entry, ...args], { cwd, env, ...limits }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

async function leafFingerprint(port: number): Promise<string> {
  const socket = tlsConnect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256.replaceAll(":", "").toLowerCase();
}
