// A tiny runner for checks that build upon each other: one line each, and a count at the end.
import { setTimeout as pause } from "node:timers/promises";

let passed = 0;
let failed = 0;

export async function check(name: string, body: () => Promise<void> | void): Promise<void> {
  try {
    await body();
    passed += 1;
    process.stdout.write(`ok    ${name}\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(
      `FAIL  ${name}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  }
}

export function finish(): never {
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exit(failed === 0 ? 0 : 1);
}

/** Waits until it is so; there is no event to wait for in another process. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await holds()) return;
    await pause(100);
  }
  throw new Error(`never: ${what}`);
}
