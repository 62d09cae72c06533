import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  startWorld,
  type CliOptions,
  type CliResult,
  type OperatorWorld,
} from "./operator-world.test.support.ts";

type Json = Readonly<Record<string, unknown>>;

let world: OperatorWorld;
beforeEach(async () => {
  world = await startWorld({ era: "2026.9" });
});
afterEach(() => world.stop());

const approvals = (words: readonly string[], options?: CliOptions): Promise<CliResult> =>
  world.cli(["approvals", ...words], options);
const stateFile = (): string => join(world.stateDir, "state", "exec-approvals.json");
const stored = (): Json => JSON.parse(readFileSync(stateFile(), "utf8")) as Json;
function store(file: unknown): void {
  mkdirSync(dirname(stateFile()), { mode: 0o700, recursive: true });
  writeFileSync(stateFile(), typeof file === "string" ? file : JSON.stringify(file, null, 1), {
    mode: 0o600,
  });
}

describe("deny", () => {
  test("adds and removes entries, with agent, arguments and reason", async () => {
    const added = await approvals(["deny", "add", "dd", "--reason", "use cp"]);
    expect(added.stdout).toMatch(/^\* +dd +use cp$/mu);
    expect(stored()).toMatchObject({
      defaults: { security: "allowlist" },
      agents: { "*": { deny: [{ pattern: "dd", reason: "use cp" }] } },
    });
    expect((await approvals(["deny", "add", "dd"])).stdout).toBe("Already denied.\n");
    await approvals(["deny", "add", "git", "--agent", "main", "--arg-pattern=-C .*"]);
    expect((await approvals(["get"])).stdout).toMatch(/^main +git {2}\(-C \.\*\)$/mu);
    expect((await approvals(["deny", "remove", "git", "--agent", "main", "--arg-pattern", "x"])).stdout).toBe(
      "Not among the deny entries.\n",
    );
    await approvals(["deny", "remove", "git", "--agent", "main", "--arg-pattern=-C .*"]);
    const removed = await approvals(["deny", "remove", "dd", "--json"]);
    expect(JSON.parse(removed.stdout)).toMatchObject({ changed: true });
    expect(stored()).not.toHaveProperty("agents");
  });

  test("says where a program of that name is denied for any arguments", async () => {
    const added = await approvals(["deny", "add", "git", "--arg-pattern", "(?=x)"]);
    expect(added).toMatchObject({ code: 0 });
    expect(added.stderr).toContain("denies the program with any arguments");
  });

  test.each([
    [["--node", "pi"], /run it on that machine: openclaw approvals deny add git '--arg-pattern=push \.\*'/u],
    [["--gateway"], /Gateway's own policy has no deny entries/u],
  ])("is not possible for %j, and nobody is asked", async (target, message) => {
    const env = { OPENCLAW_GATEWAY_URL: "ws://127.0.0.1:1" };
    const refused = await approvals(["deny", "add", "git", "--arg-pattern", "push .*", ...target], { env });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(message);
    expect(
      JSON.parse((await approvals(["deny", "remove", "git", "--json", ...target], { env })).stdout),
    ).toMatchObject({
      ok: false,
      error: { code: "local-only" },
    });
  });

  test("bad words are refused and nothing is written", async () => {
    for (const words of [["=x"], [" "], ["dd", "--reason", "r".repeat(600)], ["dd", "--arg-pattern", " "]]) {
      expect((await approvals(["deny", "add", ...words])).code).toBe(2);
    }
    expect(() => statSync(stateFile())).toThrow(/ENOENT/u);
  });
});

describe("allowlist add", () => {
  test("warns about what lets more run than it seems to, and does it", async () => {
    const tool = join(world.stateDir, "tool");
    writeFileSync(tool, "#!/bin/sh\n");
    chmodSync(tool, 0o777);
    for (const [pattern, warning] of [
      ["/bin/bash", "is a shell"],
      ["python3", "runs any code"],
      ["sudo", "covers none of them"],
      ["/tmp/**", "everybody may put a program"],
      [tool, /everybody may|others than its owner/u],
    ] as const) {
      const added = await approvals(["allowlist", "add", pattern, "--json"]);
      expect(added.code).toBe(0);
      expect(added.stderr).toMatch(/^openclaw: warning: `/u);
      expect(added.stderr).toMatch(warning);
      expect(JSON.parse(added.stdout)).toMatchObject({ changed: true });
    }
    expect((await approvals(["allowlist", "add", "/bin/bash"])).stderr).toBe("");
  });

  test("takes an argument pattern, and removes by it", async () => {
    const bound = await approvals(["allowlist", "add", "/usr/bin/env-x", "--arg-pattern", "^a$"]);
    expect(bound.stderr).not.toContain("runs any code");
    await approvals(["allowlist", "add", "/usr/bin/env-x"]);
    expect(stored()).toMatchObject({
      agents: {
        "*": { allowlist: [{ pattern: "/usr/bin/env-x", argPattern: "^a$" }, { pattern: "/usr/bin/env-x" }] },
      },
    });
    await approvals(["allowlist", "remove", "/usr/bin/env-x", "--arg-pattern", "^a$"]);
    expect(JSON.stringify(stored())).not.toContain("argPattern");
    expect(JSON.stringify(stored())).toContain("env-x");
  });

  test("a Gateway's entry is judged by its words", async () => {
    const added = await approvals(["allowlist", "add", "/usr/bin/python3", "--gateway"]);
    expect(added).toMatchObject({ code: 0 });
    expect(added.stderr).toContain("runs any code");
  });
});

describe("lint", () => {
  test("is content with a new policy and with plain entries", async () => {
    expect((await approvals(["lint"])).stdout).toMatch(/Nothing to complain about\.\n$/u);
    const tool = join(world.stateDir, "real-tool");
    store({ version: 1, agents: { "*": { allowlist: [{ pattern: tool, contentSha256: "0".repeat(64) }] } } });
    writeFileSync(tool, "");
    chmodSync(tool, 0o755);
    expect(await approvals(["lint"])).toMatchObject({ code: 0 });
  });

  test("tells what, where and how to mend it", async () => {
    symlinkSync("/usr/bin/env", join(world.stateDir, "link"));
    store({
      version: 1,
      defaults: { security: "full", ask: "off" },
      agents: {
        main: {
          allowlist: [{ patern: "x" }, join(world.stateDir, "link"), "/gone", "/\u001b[2J\u202e"],
          alowlist: [],
        },
        note: { allowlist: ["npm"] },
      },
    });
    const shown = await approvals(["lint"]);
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain("error everything-allowed: line 4, column 15\n");
    expect(shown.stdout).toMatch(
      /warning file-missing: agent main, entry 2, line \d+, column 5\n {2}\/gone\n/u,
    );
    expect(shown.stdout).toContain("mend: openclaw approvals allowlist remove /gone --agent main");
    expect(shown.stdout).toContain("warning not-an-entry: agent main, line");
    expect(shown.stdout).toContain("`allowlist` was probably meant");
    expect(shown.stdout).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    const json = JSON.parse((await approvals(["lint", "--json"])).stdout) as Json;
    expect(json).toMatchObject({
      target: "this machine",
      filesChecked: true,
      denyChecked: true,
      counts: { error: 2, note: 2 },
    });
    expect(json["findings"]).toContainEqual(
      expect.objectContaining({
        code: "file-missing",
        agent: "main",
        index: 1,
        pattern: "/gone",
        line: 14,
        column: 5,
      }),
    );
  });

  test("a malformed file is an error with its place", async () => {
    store('{\n  "version": 1,\n  "agents": {,}\n}');
    const shown = await approvals(["lint"]);
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain("error malformed: line 3, column 14");
    expect(shown.stdout).toContain("mend: openclaw approvals edit");
  });

  test("notes alone are no failure", async () => {
    store({ version: 1, defaults: { autoAllowSkills: true } });
    const shown = await approvals(["lint"]);
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.stdout).toContain("1 note.");
  });

  test("elsewhere only the words are judged, and that is said", async () => {
    await approvals(["allowlist", "add", "/usr/bin/python3", "--gateway"]);
    await approvals(["allowlist", "add", "/no/such/program", "--gateway"]);
    const shown = await approvals(["lint", "--gateway"]);
    expect(shown.code).toBe(1);
    expect(shown.stdout).not.toContain("file-missing");
    expect(shown.stdout).toContain("mend: openclaw approvals allowlist remove /usr/bin/python3 --gateway");
    expect(shown.stdout).toContain("files and deny entries of another machine cannot be seen");
    expect(JSON.parse((await approvals(["lint", "--gateway", "--json"])).stdout)).toMatchObject({
      filesChecked: false,
    });
  });
});
