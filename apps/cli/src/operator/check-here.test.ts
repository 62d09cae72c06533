import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli, type CliResult } from "./operator-world.test.support.ts";

interface Document {
  readonly outcome: string;
  readonly reason: string;
  readonly certain: boolean;
  readonly limits: readonly string[];
  readonly gates: readonly {
    readonly name: string;
    readonly status: string;
    readonly detail?: string;
    readonly decided?: unknown;
  }[];
  readonly segments: readonly { readonly covered: boolean; readonly resolved?: string }[];
  readonly start?: { readonly executable: string; readonly cwd: string };
  readonly approval?: { readonly possible: boolean };
  readonly remedy: {
    readonly proven: boolean;
    readonly steps: readonly { readonly text: string; readonly command?: string }[];
  };
}

let root: string;
let state: string;
let work: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "check-here-")));
  state = join(root, "state");
  work = join(root, "work");
  for (const folder of ["bin", "work"]) mkdirSync(join(root, folder));
  for (const name of ["alpha", "beta"]) {
    writeFileSync(join(root, "bin", name), "#!/bin/sh\ntouch ran\n");
    chmodSync(join(root, "bin", name), 0o755);
  }
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const cli = (words: readonly string[], isTTY = false): Promise<CliResult> =>
  runCli(words, {
    isTTY,
    env: { HOME: root, OPENCLAW_STATE_DIR: state, PATH: `${join(root, "bin")}:/usr/bin:/bin`, NO_COLOR: "1" },
  });
const check = (...words: readonly string[]): Promise<CliResult> =>
  cli(["approvals", "check", "--cwd", work, ...words]);
async function checked(...words: readonly string[]): Promise<Document & { readonly code: number }> {
  const { stdout, code, stderr } = await check("--json", ...words);
  expect(stderr).toBe("");
  return { ...(JSON.parse(stdout) as Document), code };
}
function policy(value: unknown): void {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const text = typeof value === "string" ? value : JSON.stringify({ version: 1, ...Object(value) });
  writeFileSync(join(state, "exec-approvals.json"), text, { mode: 0o600 });
}
/** Runs a printed command line as a shell would read it; these hold no quotes. */
const paste = (line: string): Promise<CliResult> => cli(line.split(" ").slice(1));

test("it runs nothing and writes nothing", async () => {
  for (const words of [
    ["--", "alpha"],
    ["--raw", "alpha && beta"],
  ]) {
    expect((await check(...words)).code).toBe(3);
    expect((await checked(...words)).outcome).toBe("ask");
  }
  expect(existsSync(state)).toBe(false);
  expect(existsSync(join(work, "ran"))).toBe(false);
});

describe("what it prints to be pasted turns the same dry run into an allow", () => {
  test.each<readonly [string, readonly string[], number]>([
    ["one command", ["--", "alpha", "x"], 1],
    ["a chain with two missing programs", ["--raw", "alpha && beta | head -1"], 2],
    ["a wrapper, for an agent", ["--agent", "ops", "--", "nice", "-n", "5", "alpha"], 1],
  ])("%s", async (_what, words, count) => {
    const before = await checked(...words);
    expect(before).toMatchObject({
      outcome: "ask",
      reason: "not-listed",
      code: 3,
      approval: { possible: true },
    });
    expect(before.remedy.proven).toBe(true);
    expect(before.remedy.steps).toHaveLength(count);
    for (const { command = "" } of before.remedy.steps) expect((await paste(command)).code).toBe(0);
    const after = await checked(...words);
    expect(after).toMatchObject({ outcome: "allow", reason: "listed", code: 0, start: { cwd: work } });
    expect(after.remedy).toEqual({ proven: true, steps: [] });
    expect(after.segments.every(({ covered }) => covered)).toBe(true);
  });
});

describe("exit codes, outcomes and the gate that decides", () => {
  const open = { defaults: { security: "full", ask: "off" } };
  test.each<readonly [string, unknown, readonly string[], number, string, string]>([
    ["allowed", open, ["--", "alpha"], 0, "full", "security"],
    ["not listed", {}, ["--", "alpha"], 3, "not-listed", "ask"],
    ["not asked", { defaults: { ask: "off" } }, ["--", "alpha"], 4, "not-listed", "ask"],
    ["a broken policy", '{"version":1,}', ["--", "alpha"], 4, "policy-malformed", "policy-file"],
    ["all denied", { defaults: { security: "deny" } }, ["--", "alpha"], 4, "security-deny", "security"],
    [
      "a deny entry",
      { agents: { main: { deny: ["beta"] } } },
      ["--raw", "alpha; beta"],
      4,
      "deny-entry",
      "deny-entries",
    ],
    ["a variable", open, ["--env", "LD_PRELOAD=x", "--", "alpha"], 4, "environment-refused", "environment"],
    ["text beyond the limit", open, ["--raw", "x".repeat(1_100_000)], 4, "malformed-request", "request"],
    [
      "no directory",
      { agents: { main: { allowlist: ["alpha"] } } },
      ["--cwd", "/no-such", "--", "alpha"],
      4,
      "cwd-missing",
      "working-directory",
    ],
  ])("%s", async (_what, value, words, code, reason, gate) => {
    policy(value);
    const all = words.includes("--cwd") ? words : ["--cwd", work, ...words];
    const { stdout, ...result } = await cli(["approvals", "check", "--json", ...all]);
    const document = JSON.parse(stdout) as Document;
    expect(result.code).toBe(code);
    expect(document).toMatchObject({ reason, certain: true });
    const deciders = document.gates.filter(({ decided }) => decided !== undefined);
    expect(deciders).toMatchObject([{ name: gate }]);
    const names = document.gates.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(["request", "environment", "raw-text"]);
    const { stdout: shown } = await cli(["approvals", "check", ...all]);
    expect(shown).toMatch(new RegExp(`^> (pass|FAIL)  ${gate}\\b`, "mu"));
  });
});

test("settings outside of the policy count as they do for a run", async () => {
  policy({ agents: { main: { allowlist: ["*"] } } });
  const code = ["--", "/usr/bin/perl", "-e", "1"];
  expect((await checked(...code)).outcome).toBe("allow");
  writeFileSync(join(state, "openclaw.json"), "{tools: {exec: {strictInlineEval: true}}}", { mode: 0o600 });
  expect(await checked(...code)).toMatchObject({ outcome: "ask", reason: "inline-eval" });
  writeFileSync(
    join(state, "node.json"),
    JSON.stringify({ version: 1, nodeId: "x", gatewayApprovals: "off" }),
    { mode: 0o600 },
  );
  expect((await checked(...code)).approval).toMatchObject({ possible: false });
  writeFileSync(join(state, "node.json"), "{", { mode: 0o600 });
  expect((await check(...code)).code).toBe(78);
});

test("what cannot be approved is not said to be", async () => {
  const { stdout } = await check("--raw", "alpha > f");
  expect(stdout).toContain("redirection at character 7");
  expect(stdout).toContain("Nor can it be approved");
  expect(stdout).not.toContain("openclaw approvals allowlist add");
});

test("a broken policy is told with its place and the way out", async () => {
  policy('{"version":1,\n "defaults": {"ask": "no"}}');
  const { stdout } = await check("--", "alpha");
  expect(stdout).toMatch(/line 2, column \d+/u);
  expect(stdout).toContain("openclaw approvals set --file");
  expect(readFileSync(join(state, "exec-approvals.json"), "utf8")).toContain('"no"');
});

test("what a person reads fits 80 columns and acts on no terminal", async () => {
  const { stdout } = await cli(
    ["approvals", "check", "--cwd", "/tmp", "--", "alpha", "\u001b[31m\u202e", "y".repeat(3000), "a b"],
    true,
  );
  expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(stdout).toContain("characters; --json shows all)");
  const long = stdout
    .split("\n")
    .filter((line) => line.length > 80 && !/^ +openclaw |yyy|^Policy:/u.test(line));
  expect(long).toEqual([]);
});

test.each<readonly [string, readonly string[], RegExp]>([
  ["no command", [], /openclaw approvals check -- uname -a/u],
  ["two commands", ["--raw", "a", "--", "b"], /not both/u],
  ["a Gateway without a node", ["--url", "ws://127.0.0.1:1", "--", "a"], /add --node/u],
  ["a variable without a value", ["--env", "A", "--", "a"], /NAME=value/u],
])("%s is a usage error", async (_what, words, message) => {
  const { code, stderr, stdout } = await check(...words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
});
