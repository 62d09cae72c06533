import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inputOf, scratchDir } from "./host/scratch.test.support.ts";
import { claimStateDir, statePathsFor } from "./state.ts";

const io = (env: Readonly<Record<string, string>>) => ({
  env,
  stdout: { write: () => undefined },
  stderr: { write: () => undefined },
  stdin: process.stdin,
});

describe("statePathsFor", () => {
  it("takes --profile over --dev over the environment", () => {
    const env = { HOME: "/home/u", OPENCLAW_PROFILE: "env" };
    const dirFor = (options: object): string => statePathsFor(inputOf({ ...options }), io(env)).stateDir;
    expect(dirFor({ profile: "one", dev: true })).toBe("/home/u/.openclaw-one");
    expect(dirFor({ dev: true })).toBe("/home/u/.openclaw-dev");
    expect(dirFor({})).toBe("/home/u/.openclaw-env");
  });
});

describe("claimStateDir", () => {
  const claim = (stateDir: string, home: string): void =>
    claimStateDir(statePathsFor(inputOf(), io({ HOME: home, OPENCLAW_STATE_DIR: stateDir })));

  it("makes it, for its owner only", () => {
    const dir = join(scratchDir(), "a", "b");
    claim(dir, "/home/u");
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  it("may be the home directory itself, as in a container", () => {
    const dir = scratchDir();
    claim(dir, dir);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  it("is never a directory that others need: their way would be closed", () => {
    const root = scratchDir();
    mkdirSync(join(root, "home", "u"), { recursive: true });
    chmodSync(root, 0o755);
    chmodSync(join(root, "home"), 0o755);
    for (const dir of [root, join(root, "home"), "/"]) {
      const before = statSync(dir).mode;
      expect(() => claim(dir, join(root, "home", "u"))).toThrow("holds other things too");
      expect(statSync(dir).mode).toBe(before);
    }
  });

  it("is never a place where everybody may put something", () => {
    const dir = scratchDir();
    chmodSync(dir, 0o1777);
    expect(() => claim(dir, "/home/u")).toThrow("holds other things too");
    expect(statSync(dir).mode & 0o7777).toBe(0o1777);
  });

  it("is left alone when an official install of July 2026 or later owns it", () => {
    const dir = scratchDir();
    mkdirSync(join(dir, "state"));
    writeFileSync(join(dir, "state", "openclaw.sqlite"), "");
    chmodSync(dir, 0o755);
    expect(() => claim(dir, "/home/u")).toThrow(/nothing was written/u);
    expect(statSync(dir).mode & 0o777).toBe(0o755);
    expect(existsSync(join(dir, "node.json"))).toBe(false);
  });
});
