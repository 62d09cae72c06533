import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { CliError } from "../errors.ts";

/** How long one step of the demonstration may take; milliseconds. */
const STEP_MS = 20_000;

export interface StageProcess {
  /** The first line, past or future, that fits; fails when the process ends or the time is over. */
  line(pattern: RegExp): Promise<string>;
  /** Sends the signal and resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  readonly done: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** Starts this very program with other words, as a user would in another terminal. */
export function startSelf(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  onLine?: (line: string) => void,
): StageProcess {
  const entry = process.argv[1] ?? "";
  const child = spawn(process.execPath, [entry, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const check of waiting) check();
  };
  const stdout = collect(child.stdout, lines, tell, onLine);
  const stderr = collect(child.stderr, lines, tell, onLine);
  const done = once(child, "close").then(() => {
    tell();
    return { code: child.exitCode, stdout: stdout(), stderr: stderr() };
  });
  return {
    done,
    line: async (pattern) => await waitForLine(pattern, lines, waiting, child),
    end: async (signal) => {
      child.kill(signal);
      return (await done).code;
    },
  };
}

function collect(
  stream: NodeJS.ReadableStream,
  lines: string[],
  tell: () => void,
  onLine?: (line: string) => void,
): () => string {
  let text = "";
  let seen = 0;
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf("\n", seen); end >= 0; end = text.indexOf("\n", seen)) {
      const line = text.slice(seen, end);
      seen = end + 1;
      lines.push(line);
      onLine?.(line);
    }
    tell();
  });
  return () => text;
}

async function waitForLine(
  pattern: RegExp,
  lines: readonly string[],
  waiting: Set<() => void>,
  child: ChildProcess,
): Promise<string> {
  return await new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      waiting.delete(check);
      act();
    };
    const fail = (why: string): void =>
      settle(() => reject(new CliError("demo-failed", `the demo stopped: ${why}`, lines.slice(-12))));
    const check = (): void => {
      const line = lines.find((text) => pattern.test(text));
      if (line !== undefined) settle(() => resolve(line));
      else if (child.exitCode !== null)
        fail(`a process ended with ${child.exitCode} before it said ${String(pattern)}`);
    };
    const timer = setTimeout(() => fail(`nothing said ${String(pattern)} in ${STEP_MS / 1000} s`), STEP_MS);
    waiting.add(check);
    check();
  });
}
