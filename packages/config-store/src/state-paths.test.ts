import { describe, expect, test } from "vitest";

import { resolveStatePaths } from "./state-paths.ts";
import type { StateQuestion } from "./state-paths.ts";
import { StoreError } from "./errors.ts";

function paths(question: Partial<StateQuestion>) {
  return resolveStatePaths({
    env: {},
    platform: "linux",
    osHome: "/home/os",
    cwd: "/start-here",
    ...question,
  });
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
  return "no error";
}

describe("home", () => {
  const all = {
    OPENCLAW_HOME: "/own",
    HOME: "/home/h",
    USERPROFILE: "/profile",
    PREFIX: "/data/data/com.termux/files/usr",
  };
  test.each([
    [all, "/own"],
    [{ ...all, OPENCLAW_HOME: " " }, "/home/h"],
    [{ ...all, OPENCLAW_HOME: "undefined" }, "/home/h"],
    [{ ...all, OPENCLAW_HOME: undefined, HOME: "null" }, "/profile"],
    [{ PREFIX: all.PREFIX }, "/data/data/com.termux/files/home"],
    [{ PREFIX: "/usr" }, "/home/os"],
    [{}, "/home/os"],
    [{ OPENCLAW_HOME: "~/claw", HOME: "/home/h" }, "/home/h/claw"],
    [{ OPENCLAW_HOME: "~", HOME: "/home/h" }, "/home/h"],
  ])("%j gives %s", (env, home) => {
    expect(paths({ env }).home).toBe(home);
  });

  test("nothing known is an error", () => {
    expect(codeOf(() => paths({ osHome: undefined }))).toBe("no-home");
    expect(codeOf(() => paths({ osHome: "", env: { OPENCLAW_HOME: "~/x" } }))).toBe("no-home");
    expect(paths({ osHome: undefined, env: { OPENCLAW_HOME: "/x" } }).home).toBe("/x");
  });
});

describe("state directory and files", () => {
  test("defaults", () => {
    const found = paths({});
    expect(found.stateDir).toBe("/home/os/.openclaw");
    expect(found.stateProfile).toBe("default");
    expect(found.configFile).toBe("/home/os/.openclaw/openclaw.json");
    expect(found.deviceFile).toBe("/home/os/.openclaw/identity/device.json");
    expect(found.operatorFileElsewhere).toBe("/home/os/.config/openclaw-node/operator.json");
    expect(found.controlSocket).toBe("/home/os/.openclaw/node.sock");
    expect(found.sqliteFile).toBe("/home/os/.openclaw/state/openclaw.sqlite");
  });

  test("variables, with `~`, relative parts and a trailing slash", () => {
    const env = { OPENCLAW_STATE_DIR: "~/state/", OPENCLAW_CONFIG_PATH: "conf/../my.json" };
    expect(paths({ env }).stateDir).toBe("/home/os/state");
    expect(paths({ env }).configFile).toBe("/start-here/my.json");
    expect(paths({ env: { OPENCLAW_STATE_DIR: "~other/x" } }).stateDir).toBe("/start-here/~other/x");
  });

  test("a value inherited by the environment object does not count", () => {
    const env: Record<string, string> = Object.create({ OPENCLAW_STATE_DIR: "/planted" });
    expect(paths({ env }).stateDir).toBe("/home/os/.openclaw");
  });

  test("on Windows", () => {
    const env = { USERPROFILE: "C:\\Users\\Ann", OPENCLAW_STATE_DIR: "~\\claw" };
    const found = paths({ env, platform: "win32", cwd: "C:\\" });
    expect(found.nodeFile).toBe("C:\\Users\\Ann\\claw\\node.json");
    expect(found.operatorFileElsewhere).toBe(
      "C:\\Users\\Ann\\AppData\\Roaming\\openclaw-node\\operator.json",
    );
    expect(found.controlSocket).toMatch(/^\\\\\.\\pipe\\openclaw-node-[0-9a-f]{16}$/);
    const same = paths({
      env: { ...env, USERPROFILE: "c:\\users\\ann" },
      platform: "win32",
      cwd: "C:\\",
    });
    expect(same.controlSocket).toBe(found.controlSocket);
  });
});

describe("state profile", () => {
  test.each([
    [undefined, {}, "default", "/home/os/.openclaw"],
    ["DEFAULT", {}, "default", "/home/os/.openclaw"],
    ["work", {}, "work", "/home/os/.openclaw-work"],
    [undefined, { OPENCLAW_PROFILE: "lab_2" }, "lab_2", "/home/os/.openclaw-lab_2"],
    ["work", { OPENCLAW_PROFILE: "lab" }, "work", "/home/os/.openclaw-work"],
    ["default", { OPENCLAW_PROFILE: "lab" }, "default", "/home/os/.openclaw"],
    ["", { OPENCLAW_PROFILE: "lab" }, "lab", "/home/os/.openclaw-lab"],
    ["work", { OPENCLAW_STATE_DIR: "/s" }, "work", "/s"],
    ["x".repeat(64), {}, "x".repeat(64), `/home/os/.openclaw-${"x".repeat(64)}`],
  ])("%s with %j is %s in %s", (profile, env, stateProfile, stateDir) => {
    expect(paths({ profile, env })).toMatchObject({ stateProfile, stateDir });
  });

  test.each(["../x", "a/b", "a b", "a.b", "é", "x".repeat(65), "a\nb"])("%j is refused", (profile) => {
    expect(codeOf(() => paths({ profile }))).toBe("bad-profile");
    expect(codeOf(() => paths({ env: { OPENCLAW_PROFILE: profile } }))).toBe("bad-profile");
  });
});

describe("control socket", () => {
  const long = `/home/${"d".repeat(100)}`;
  test("a path of exactly 100 bytes stays, a longer one moves", () => {
    const fits = `/${"d".repeat(100 - "//node.sock".length)}`;
    expect(paths({ env: { OPENCLAW_STATE_DIR: fits } }).controlSocket).toBe(`${fits}/node.sock`);
    const moved = paths({ env: { OPENCLAW_STATE_DIR: `${fits}d` } }).controlSocket;
    expect(moved).toMatch(/^\/tmp\/openclaw-[0-9a-f]{16}\/node\.sock$/);
  });

  test("bytes count, not characters", () => {
    const env = { OPENCLAW_STATE_DIR: `/${"é".repeat(50)}`, XDG_RUNTIME_DIR: "/run/user/7" };
    expect(paths({ env }).controlSocket).toMatch(/^\/run\/user\/7\/openclaw-/);
  });

  test("another state directory gets another socket; useless bases are skipped", () => {
    const at = (env: Record<string, string>) =>
      paths({ env: { OPENCLAW_STATE_DIR: long, ...env } }).controlSocket;
    expect(at({})).not.toBe(at({ OPENCLAW_STATE_DIR: `${long}2` }));
    expect(at({ XDG_RUNTIME_DIR: "relative" })).toMatch(/^\/tmp\//);
    expect(at({ XDG_RUNTIME_DIR: long, TMPDIR: "/t" })).toMatch(/^\/t\//);
  });
});
