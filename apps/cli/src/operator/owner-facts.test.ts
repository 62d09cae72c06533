import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveStatePaths } from "@openclaw/config-store";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CommandIo } from "../command.ts";
import { ownerFacts } from "./owner-facts.ts";

let root = "";
let tool = "";
beforeEach(() => {
  root = realpathSync.native(mkdtempSync(join(tmpdir(), "owner-facts-")));
  mkdirSync(join(root, "bin"), { mode: 0o755 });
  tool = join(root, "bin", "tool");
  writeFileSync(tool, "");
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function open(fileMode: number, directoryMode: number): boolean | undefined {
  chmodSync(tool, fileMode);
  chmodSync(join(root, "bin"), directoryMode);
  const io = { env: { HOME: root } } as unknown as CommandIo;
  const paths = resolveStatePaths({
    env: { HOME: root },
    platform: "linux",
    osHome: root,
    profile: undefined,
    cwd: root,
  });
  return ownerFacts(io, paths).writableByOthers?.(tool);
}

test.each<[number, number, boolean]>([
  [0o755, 0o755, false],
  [0o777, 0o755, true],
  [0o755, 0o777, true],
  // Everybody may add there, but not replace what is ours.
  [0o755, 0o1777, false],
  [0o757, 0o1777, true],
])("a file %o in a directory %o: others may change it: %s", (fileMode, directoryMode, expected) => {
  expect(open(fileMode, directoryMode)).toBe(expected);
});

test("what is not there is not judged", () => {
  rmSync(tool);
  const io = { env: {} } as unknown as CommandIo;
  const paths = resolveStatePaths({
    env: { HOME: root },
    platform: "linux",
    osHome: root,
    profile: undefined,
    cwd: root,
  });
  expect(ownerFacts(io, paths).writableByOthers?.(tool)).toBeUndefined();
});
