// One node host for a group of figures, with a policy and settings of its own.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBareGateway } from "./bare-gateway.ts";

const ENTRY =
  process.env["OPENCLAW_TEST_ENTRY"] ??
  fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));

export interface BenchHost {
  readonly pid: number;
  /** For files of the figures; gone with the host. */
  readonly folder: string;
  /** One run; milliseconds until its answer. Throws when it was refused or failed. */
  run(command: readonly string[]): Promise<number>;
  /** One question that costs nothing; milliseconds until its answer. */
  ask(): Promise<number>;
  end(): Promise<void>;
}

/** Starts a host that may run these programs, and waits until it is connected. */
export async function startBenchHost(
  programs: readonly string[],
  settings: Readonly<Record<string, unknown>> = {},
  flags: readonly string[] = [],
): Promise<BenchHost> {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-bench-"));
  const state = join(folder, "state");
  const allowlist = programs.map((program) => ({ pattern: realpathSync(program) }));
  const defaults = { security: "allowlist", ask: "on-miss", askFallback: "deny", autoAllowSkills: false };
  const policy = { version: 1, defaults, agents: { "*": { allowlist } } };
  mkdirSync(state, { mode: 0o700 });
  writeFileSync(join(state, "exec-approvals.json"), JSON.stringify(policy), { mode: 0o600 });
  const node = { version: 1, nodeId: "bench", ...settings };
  writeFileSync(join(state, "node.json"), JSON.stringify(node), { mode: 0o600 });
  const gateway = await startBareGateway();
  const connected = gateway.nextConnect();
  const child = spawn(
    process.execPath,
    [...flags, ENTRY, "node", "run", "--host", "127.0.0.1", "--port", String(gateway.port)],
    {
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: folder,
        OPENCLAW_STATE_DIR: state,
        OPENCLAW_GATEWAY_TOKEN: "bench-token",
      },
      stdio: "ignore",
    },
  );
  await connected;
  const invoke = async (command: string, params: unknown): Promise<number> => {
    const begin = performance.now();
    const { ok, error, payloadJSON = "" } = await gateway.invoke(command, params);
    const ms = performance.now() - begin;
    if (!ok) throw new Error(`${command} was refused: ${JSON.stringify(error)}`);
    if (command === "system.run" && !payloadJSON.includes('"success":true'))
      throw new Error(`the run failed: ${payloadJSON.slice(0, 400)}`);
    return ms;
  };
  return {
    pid: child.pid ?? 0,
    folder,
    run: async (command) => await invoke("system.run", { command }),
    ask: async () => await invoke("system.which", { bins: ["sh"] }),
    end: async () => {
      await endChild(child);
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function endChild(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}

/** As many at once as said, until so many are done. */
export async function repeat(count: number, atOnce: number, one: () => Promise<unknown>): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Asks again and again while something goes on; milliseconds of each answer. */
export async function askDuring(
  host: BenchHost,
  everyMs: number,
  work: Promise<unknown>,
): Promise<readonly number[]> {
  const asked: Promise<number>[] = [];
  // In its own time, not after the last answer: one that is late must not hide the next.
  const timer = setInterval(() => asked.push(host.ask()), everyMs);
  await work.finally(() => clearInterval(timer));
  return await Promise.all(asked);
}

/** Resident memory of a process, and its peak since `forgetPeak`; MiB. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "mu").exec(status)?.[1]) / 1024;
  return { now: field("VmRSS"), peak: field("VmHWM") };
}

export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}
