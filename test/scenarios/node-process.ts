// A node host of ours as a real process, the way its owner starts it.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ENTRY =
  process.env["OPENCLAW_TEST_ENTRY"] ??
  fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));
/** Whose work is tested: this very Node, or another runtime (`pnpm test:runtimes`). */
export const RUNTIME = process.env["OPENCLAW_TEST_RUNTIME"] ?? process.execPath;
const LINE_LIMIT_MS = 60_000;

export interface NodeOptions {
  readonly port: number;
  readonly token?: string;
  /** The Gateway's address comes out of a code, or is saved. */
  readonly byCode?: boolean;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the Gateway is; default 127.0.0.1. */
  readonly host?: string;
  /** What it reads on standard input; default nothing at all. */
  readonly input?: string;
  /** A command that starts what follows it, such as one that enters a namespace. */
  readonly through?: readonly string[];
  /** To be used again; it is then the caller's to remove. */
  readonly stateDir?: string;
}

export interface NodeProcess {
  readonly stateDir: string;
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  /** All that it wrote so far. */
  output(): string;
  /** The first line, past or future, that fits. */
  line(pattern: RegExp): Promise<string>;
  /** SIGTERM; resolves with the exit code. Removes the state directory unless it was given. */
  stop(): Promise<number | null>;
}

/** The environment of a child without anything of the caller's that could leak into a test. */
export function cleanEnv(
  stateDir: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: stateDir,
    OPENCLAW_STATE_DIR: stateDir,
    NO_COLOR: "1",
    // bun keeps what it has compiled below HOME, which is often the state directory here.
    ...(RUNTIME === process.execPath ? {} : { BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0" }),
    ...more,
  };
}

function address({ byCode = false, host = "127.0.0.1", port }: NodeOptions): readonly string[] {
  return byCode ? [] : ["--host", host, "--port", String(port)];
}

export function startNode(options: NodeOptions): NodeProcess {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), "openclaw-node-"));
  const env = cleanEnv(stateDir, {
    ...(options.token === undefined ? {} : { OPENCLAW_GATEWAY_TOKEN: options.token }),
    ...options.env,
  });
  const own = [RUNTIME, ENTRY, "node", "run", ...address(options), ...(options.args ?? [])];
  const [program = "", ...words] = [...(options.through ?? []), ...own];
  const stdin = options.input === undefined ? "ignore" : "pipe";
  const child = spawn(program, words, { env, stdio: [stdin, "pipe", "pipe"] });
  // It may end before it has read anything.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.input);
  let output = "";
  const waiting = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    output += chunk.toString("utf8");
    for (const check of waiting) check();
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  const exited = once(child, "close").then(([code]) => {
    for (const check of waiting) check();
    return code as number | null;
  });
  return {
    stateDir,
    child,
    exited,
    output: () => output,
    line: (pattern) => waitForLine(pattern, () => output, waiting, child),
    stop: async () => {
      child.kill("SIGTERM");
      const code = await exited;
      if (options.stateDir === undefined) rmSync(stateDir, { recursive: true, force: true });
      return code;
    },
  };
}

async function waitForLine(
  pattern: RegExp,
  output: () => string,
  waiting: Set<() => void>,
  child: ChildProcess,
): Promise<string> {
  return await new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      waiting.delete(check);
      act();
    };
    const check = (): void => {
      const line = output()
        .split("\n")
        .find((text) => pattern.test(text));
      if (line !== undefined) settle(() => resolve(line));
      else if (child.exitCode !== null)
        settle(() =>
          reject(new Error(`the node ended (${child.exitCode}) before ${String(pattern)}:\n${output()}`)),
        );
    };
    const timer = setTimeout(
      () => settle(() => reject(new Error(`no line like ${String(pattern)} in:\n${output()}`))),
      LINE_LIMIT_MS,
    );
    waiting.add(check);
    check();
  });
}

/** Runs one command of ours to its end. */
export async function runCli(
  args: readonly string[],
  options: {
    readonly stateDir: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
  },
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(RUNTIME, [ENTRY, ...args], {
    env: cleanEnv(options.stateDir, options.env),
    stdio: "pipe",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  // A command that wants no input may be gone before it gets any.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}
