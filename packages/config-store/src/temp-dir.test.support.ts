import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Gives fresh directories (0700) below one that goes away when the test file ends. */
export function tempDirs(): () => string {
  const base = mkdtempSync(join(realpathSync(tmpdir()), "config-store-"));
  let serial = 0;
  afterAll(() => {
    rmSync(base, { recursive: true, force: true });
  });
  return () => {
    serial += 1;
    const path = join(base, String(serial));
    mkdirSync(path, { mode: 0o700 });
    return path;
  };
}

/** Runs with another umask. */
export async function withUmask<Result>(mask: number, run: () => Result | Promise<Result>): Promise<Result> {
  const before = process.umask(mask);
  try {
    return await run();
  } finally {
    process.umask(before);
  }
}

export const asRoot: boolean = process.getuid?.() === 0;
