import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, vi } from "vitest";

import { BrowserDriver } from "./browser-driver.ts";
import type { BrowserDriverOptions, DriverReply } from "./browser-driver.ts";
import type { DriverCall } from "./driver-messages.ts";

export const STAND_IN: string = fileURLToPath(new URL("stand-in-driver.test.support.ts", import.meta.url));

export interface DriverScene {
  readonly driver: BrowserDriver;
  readonly log: string[];
  readonly dir: string;
  /** Resolves when the log has this line. */
  readonly heard: (line: string) => Promise<void>;
  readonly ask: (params: object, options?: AskOptions) => Promise<DriverReply>;
  /** The result of a call that is answered. */
  readonly result: (params: object) => Promise<Readonly<Record<string, unknown>>>;
}

interface AskOptions extends Partial<DriverCall> {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export function driverScene(more: Partial<BrowserDriverOptions> = {}): DriverScene {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "openclaw-driver-")));
  const log: string[] = [];
  const looks = new Set<() => void>();
  const heard = async (line: string): Promise<void> =>
    await new Promise((resolve) => {
      const look = (): void => {
        if (log.includes(line)) resolve();
      };
      looks.add(look);
      look();
    });
  const driver = new BrowserDriver({
    entry: STAND_IN,
    env: { PATH: process.env["PATH"] ?? "", TMPDIR: dir },
    setup: { stateDir: dir, config: {} },
    onLog: (level, sentence) => {
      log.push(`${level}: ${sentence}`);
      for (const look of looks) look();
    },
    guardMs: 10_000,
    ...more,
  });
  onTestFinished(async () => {
    await driver.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const ask: DriverScene["ask"] = async (params, { signal, timeoutMs = 20_000, ...call } = {}) =>
    await driver.call(
      {
        command: "browser.proxy",
        paramsJSON: JSON.stringify({ path: "/tabs", ...params }),
        era: "2026.9",
        maxPayloadBytes: 1_000_000,
        ...call,
      },
      { signal: signal ?? new AbortController().signal, timeoutMs },
    );
  const result: DriverScene["result"] = async (params) => {
    const reply = await ask(params);
    if (reply.kind !== "answer" || !reply.answer.ok) throw new Error(JSON.stringify(reply));
    return (JSON.parse(reply.answer.payloadJSON) as { result: Readonly<Record<string, unknown>> }).result;
  };
  return { driver, log, dir, heard, ask, result };
}

export function isAlive(pid: unknown): boolean {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}

/** The system tells nobody when a process that is no child of ours is gone. */
export async function gone(...pids: readonly unknown[]): Promise<void> {
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 10_000, interval: 20 });
}
