import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Gives fresh directories (0700) below one that goes away when the test file ends. */
export function tempDirs(): () => string {
  const base = mkdtempSync(join(realpathSync(tmpdir()), "browser-proxy-"));
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
