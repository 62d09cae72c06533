import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { CommandInput } from "../command.ts";
import type { HostLog } from "./host-log.ts";

/** A directory of its own for one test, gone after it. */
export function scratchDir(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "openclaw-host-")));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A log that keeps its lines, each with its level in front. */
export function linesLog(lines: string[]): HostLog {
  const at =
    (level: string) =>
    (message: string): void =>
      void lines.push(`${level}: ${message}`);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

export function inputOf(options: Readonly<Record<string, unknown>> = {}): CommandInput {
  return { options, positionals: {}, rest: [] };
}
