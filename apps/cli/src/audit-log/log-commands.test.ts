import { appendFileSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { aDecision, fileLines } from "../host/audit.test.support.ts";
import { openAuditFile } from "../host/audit.ts";
import { scratchDir } from "../host/scratch.test.support.ts";
import { runCli, type CliResult } from "../operator/operator-world.test.support.ts";
import { textWidth } from "../output/text-width.ts";

interface Scene {
  readonly path: string;
  readonly cli: (...words: string[]) => Promise<CliResult>;
  readonly json: (...words: string[]) => Promise<Readonly<Record<string, unknown>>>;
}

function scene(): Scene {
  const dir = scratchDir();
  const cli = (...words: string[]): Promise<CliResult> =>
    runCli(["approvals", "log", ...words], { env: { HOME: dir, OPENCLAW_STATE_DIR: dir } });
  return {
    path: join(dir, "exec-audit.jsonl"),
    cli,
    json: async (...words) =>
      JSON.parse((await cli(...words, "--json")).stdout) as Readonly<Record<string, unknown>>,
  };
}

/** A day of a node: a run, a refusal, one that was not started, an edit. */
function filled(): Scene {
  const world = scene();
  const audit = openAuditFile(world.path, { now: () => Date.UTC(2026, 10, 23, 12) });
  onTestFinished(() => audit.close());
  const long = `a long word ${"that goes on ".repeat(30)}`;
  const ids = (id: string): object => ({ runId: `r-${id}`, invokeId: `i-${id}` });
  audit.record(aDecision(["/usr/bin/git", "log", long], { ...ids("1"), outcome: "allow", agentId: "main" }));
  audit.record({
    kind: "outcome",
    runId: "r-1",
    invokeId: "i-1",
    exitCode: 3,
    signal: undefined,
    timedOut: false,
    cancelled: false,
    durationMs: 12,
    outputBytes: 345,
  });
  audit.record(aDecision(["rm", "\u001b[2J"], { ...ids("2"), agentId: "端末".repeat(20) }));
  audit.record(aDecision(["true"], { ...ids("3"), outcome: "allow" }));
  audit.record({ kind: "not-started", runId: "r-3", invokeId: "i-3", reason: "cancelled" });
  audit.record({
    kind: "policy-edit",
    by: "gateway",
    outcome: "accepted",
    from: "a",
    to: "b",
    changes: ["+ main: allow rg"],
  });
  return world;
}

describe("approvals log", () => {
  it("shows one line each that fits the terminal, and means tail when nothing else is said", async () => {
    const { cli } = filled();
    const { code, stdout } = await cli();
    expect(code).toBe(0);
    expect(await cli("tail")).toEqual(await cli());
    const lines = stdout.trimEnd().split("\n");
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(80);
    expect(lines[0]).toMatch(/^Time +Agent +Outcome +Exit +Command$/u);
    expect(lines[1]).toMatch(/main +allow +3 +\/usr\/bin\/git log/u);
    expect(lines[2]).toMatch(/端末.*… +deny +rm /u);
    expect(stdout).not.toContain("\u001b");
    expect(lines[3]).toMatch(/allow +not run +true$/u);
    expect(lines[4]).toMatch(/gateway +edit +\+ main: allow rg$/u);
    expect((await cli("-n", "1")).stdout.trimEnd().split("\n")).toHaveLength(2);
  });

  it("shows whole records, and finds them", async () => {
    const { cli, json } = filled();
    const { stdout } = await cli("show", "--run", "r-1");
    expect(stdout).toMatch(/that goes on that goes on that goes on '\n/u);
    for (const part of [
      "invokeId:",
      "i-1",
      "reason:",
      "not-listed",
      "exit:",
      "12 ms",
      "345 bytes",
      "2026-11-23T12:00:00.000Z",
    ])
      expect(stdout).toContain(part);
    const found = async (...words: string[]): Promise<unknown> =>
      ((await json("show", ...words))["entries"] as { runId: unknown }[]).map(({ runId }) => runId);
    expect(await found("--outcome", "deny")).toEqual(["r-2"]);
    expect(await found("--agent", "main")).toEqual(["r-1"]);
    expect(await found("--since", "2026-11-23T12:00:01Z")).toEqual([]);
    expect(await found("--since", "2026-11-23T12:00:00Z", "--limit", "2")).toEqual(["r-3", undefined]);
    expect((await json("show", "--run", "i-1"))["entries"]).toMatchObject([
      { kind: "decision", command: expect.any(String) as unknown, end: { kind: "outcome", exitCode: 3 } },
    ]);
  });

  it("verifies, and tells where a chain is broken", async () => {
    const { cli, json, path } = filled();
    expect(await cli("verify")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Intact") as unknown,
    });
    expect(await json("verify")).toMatchObject({ intact: true, lines: 6, from: "2026-11-23T12:00:00.000Z" });
    writeFileSync(path, readFileSync(path, "utf8").replace('"exitCode":3', '"exitCode":0'));
    const { code, stdout } = await cli("verify");
    expect([code, stdout]).toEqual([1, expect.stringMatching(/exec-audit\.jsonl line 2: changed/u)]);
    expect(await json("verify")).toMatchObject({
      intact: false,
      breakCount: 1,
      breaks: [{ file: "exec-audit.jsonl", line: 2, what: "changed" }],
    });
  });

  it("exports every line as it is, or as a table", async () => {
    const { cli, path } = filled();
    expect((await cli("export")).stdout).toBe(readFileSync(path, "utf8"));
    const csv = (await cli("export", "--format", "csv")).stdout.trimEnd().split("\r\n");
    expect(csv).toHaveLength(7);
    expect(csv[0]).toMatch(/^at,n,kind,outcome,/u);
    expect(csv[6]).toContain(",policy-edit,accepted,");
    expect((await cli("export", "--since", "2030-01-01")).stdout).toBe("");
  });

  it("reads both files, and past whatever is no record", async () => {
    const { cli, path, json } = filled();
    writeFileSync(`${path}.1`, readFileSync(path), { mode: 0o600 });
    truncateSync(path);
    const audit = openAuditFile(path);
    audit.record(aDecision(["newest"], { runId: "r-9" }));
    audit.close();
    expect(await json("verify")).toMatchObject({ intact: true, lines: 7 });
    appendFileSync(path, `hello \u009b2J\n${fileLines(path)[0]?.slice(0, 50) ?? ""}`);
    const entries = (await json("tail"))["entries"] as { runId: string }[];
    expect(entries.map(({ runId }) => runId)).toEqual(["r-1", "r-2", "r-3", undefined, "r-9"]);
    const exported = await cli("export");
    expect(exported.stdout.trimEnd().split("\n")).toHaveLength(7);
    expect(exported.stderr).toMatch(/2 lines are no record and left out/u);
    expect(await json("verify")).toMatchObject({ intact: false, breaks: [{ line: 2, what: "not-json" }] });
  });

  it("says that there is nothing yet", async () => {
    const { cli, json, path } = scene();
    for (const words of [["tail"], ["show"], ["verify"]]) {
      const { code, stdout } = await cli(...words);
      expect([code, stdout]).toEqual([0, expect.stringContaining(`there is no ${path}`)]);
    }
    expect(await json("tail")).toEqual({ path, entries: [] });
    expect(await json("verify")).toMatchObject({ intact: true, lines: 0, files: [] });
    expect(await cli("export")).toMatchObject({ code: 0, stdout: "" });
  });

  it("explains a file that it does not read", async () => {
    const { cli, path } = scene();
    symlinkSync("/etc/hostname", path);
    for (const word of ["tail", "show", "verify", "export"]) {
      const { code, stdout, stderr } = await cli(word);
      expect([code, stdout]).toEqual([78, ""]);
      expect(stderr).toMatch(/it is a symbolic link, which is not followed/u);
    }
  });

  it.each([
    [["tail", "-n", "0"], /invalid -n: use a number from 1 to 10000/u],
    [["tail", "-n", "many"], /invalid --lines: `many` is not a whole number/u],
    [["show", "--limit", "99999999"], /invalid --limit/u],
    [["show", "--since", "soon"], /invalid --since: `soon` is no time/u],
    [["show", "--outcome", "maybe"], /not one of allow, ask, deny, invalid/u],
    [["export", "--format", "xml"], /not one of jsonl, csv/u],
    [["bogus"], /unexpected word `bogus`/u],
    [["-n"], /-n needs a value/u],
  ])("refuses %j", async (words, text) => {
    const { code, stderr } = await scene().cli(...words);
    expect([code, stderr]).toEqual([2, expect.stringMatching(text)]);
  });
});
