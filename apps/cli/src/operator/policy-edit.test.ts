import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startWorld, type CliResult, type OperatorWorld } from "./operator-world.test.support.ts";

type Json = Readonly<Record<string, unknown>>;

let world: OperatorWorld;
beforeEach(async () => {
  world = await startWorld({ era: "2026.9" });
  mkdirSync(drafts());
});
afterEach(() => world.stop());

const drafts = (): string => join(world.stateDir, "drafts");
const stateFile = (): string => join(world.stateDir, "state", "exec-approvals.json");
const stored = (): Json => JSON.parse(readFileSync(stateFile(), "utf8")) as Json;
const draftFiles = (): readonly string[] =>
  readdirSync(drafts()).map((name) => join(drafts(), name, "exec-approvals.json5"));

/** An editor that is a shell script; `$1` is the draft. */
function editor(script: string): string {
  const path = join(world.stateDir, "my editor.sh");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return `'${path}'`;
}

async function edit(script: string, answers = "", words: readonly string[] = []): Promise<CliResult> {
  // The directory for drafts is that of the process, which the tests share.
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = drafts();
  try {
    const env = { EDITOR: editor(script), PATH: process.env["PATH"] ?? "" };
    return await world.cli(["approvals", "edit", ...words], { env, conversation: true, stdin: answers });
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}
const add = (pattern: string): Promise<CliResult> => world.cli(["approvals", "allowlist", "add", pattern]);

describe("the policy of this machine", () => {
  test("is edited in a private copy, shown as a difference and written", async () => {
    await add("/usr/bin/who");
    const seen = join(world.stateDir, "seen");
    const result = await edit(
      `ls -ld "$1" "$(dirname "$1")" > ${seen}; sed -i 's#/usr/bin/who#/usr/bin/w#; s/on-miss/always/' "$1"`,
    );
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toContain("~ defaults: ask on-miss -> always");
    expect(result.stdout).toContain("~ *: allow /usr/bin/who -> /usr/bin/w");
    expect(result.stdout).toMatch(/Written\.\n$/u);
    expect(readFileSync(seen, "utf8")).toMatch(/^drwx------ .*\n-rw------- /u);
    expect(draftFiles()).toEqual([]);
    expect(stored()).toMatchObject({
      defaults: { ask: "always" },
      agents: { "*": { allowlist: [{ pattern: "/usr/bin/w" }] } },
    });
  });

  test("is left alone without a change, without an end, and without a file", async () => {
    expect((await edit("true")).stdout).toBe("Nothing was changed.\n");
    expect(() => statSync(stateFile())).toThrow(/ENOENT/u);
    await add("/usr/bin/who");
    const before = readFileSync(stateFile(), "utf8");
    const failed = await edit(`echo broken >> "$1"; exit 3`);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/ended with code\s+3/u);
    const [draft = ""] = draftFiles();
    expect(failed.stderr).toContain(draft);
    expect(readFileSync(draft, "utf8")).toContain("broken");
    expect((await edit(`rm "$1"`)).code).toBe(1);
    expect(readFileSync(stateFile(), "utf8")).toBe(before);
  });

  test("with an error in it is shown at its place, and edited again, kept or discarded", async () => {
    await add("/usr/bin/who");
    const before = readFileSync(stateFile(), "utf8");
    const twice = `if grep -q on-mis, "$1"; then sed -i 's/"on-mis,"/"always"/' "$1"; else sed -i 's/"on-miss"/"on-mis,"/' "$1"; fi`;
    const mended = await edit(twice, "y\n");
    expect(mended.stdout).toMatch(/\(line 8, column 12\): `defaults.ask` must be one of/u);
    expect(mended.stdout).toMatch(/Your text is in .*drafts/u);
    expect(mended).toMatchObject({ code: 0 });
    expect(stored()).toMatchObject({ defaults: { ask: "always" } });
    writeFileSync(stateFile(), before);
    const kept = await edit(`echo '}}' >> "$1"`, "n\n");
    expect(kept.code).toBe(1);
    const [draft = ""] = draftFiles();
    expect(kept.stdout).toContain(`The draft stays in ${draft}`);
    expect(readFileSync(draft, "utf8")).toMatch(/\}\}\n$/u);
    const gone = await edit(`echo '}}' >> "$1"`, "d\n");
    expect(gone.code).toBe(1);
    expect(draftFiles()).toEqual([draft]);
    expect((await edit(`echo '}}' >> "$1"`, "")).code).toBe(1);
    expect(readFileSync(stateFile(), "utf8")).toBe(before);
  });

  test("is not written over somebody else's change", async () => {
    await add("/usr/bin/who");
    const other = JSON.stringify({ version: 1, defaults: { security: "deny" } });
    const raced = await edit(`printf '%s' '${other}' > ${stateFile()}; sed -i 's/on-miss/off/' "$1"`);
    expect(raced.code).toBe(1);
    expect(raced.stderr).toContain("somebody else changed the policy");
    expect(raced.stdout).toContain(draftFiles()[0]);
    expect(readFileSync(stateFile(), "utf8")).toBe(other);
  });

  test("loses what the owner deletes, keeps the token, and shows no token", async () => {
    mkdirSync(dirname(stateFile()), { mode: 0o700 });
    const start = {
      version: 1,
      socket: { path: "/s", token: "secret-token" },
      old: 1,
      agents: { main: { deny: ["dd"] } },
    };
    writeFileSync(stateFile(), JSON.stringify(start), { mode: 0o600 });
    const shown = join(world.stateDir, "shown");
    const result = await edit(`cp "$1" ${shown}; echo '{agents: {}}' > "$1"`);
    expect(result.code).toBe(0);
    expect(readFileSync(shown, "utf8")).not.toContain("secret-token");
    expect(result.stdout).toContain("- main: deny dd");
    expect(stored()).toEqual({ version: 1, socket: { token: "secret-token" }, agents: {} });
  });

  test("that is malformed is mended", async () => {
    mkdirSync(dirname(stateFile()), { mode: 0o700 });
    writeFileSync(stateFile(), '{"version":1,"defaults":{"ask":"nn"}}', { mode: 0o600 });
    const result = await edit(`sed -i 's/"nn"/"always"/' "$1"`);
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toContain("~ file malformed -> readable");
    expect(stored()).toEqual({ version: 1, defaults: { ask: "always" } });
    writeFileSync(stateFile(), "{", { mode: 0o600 });
    expect((await edit("true", "", ["--agent", "main"])).code).toBe(78);
  });

  test("can be edited for one agent", async () => {
    await add("/usr/bin/who");
    const result = await edit(`echo '{allowlist: ["/usr/bin/id"], ask: "always"}' > "$1"`, "", [
      "--agent",
      "main",
    ]);
    expect(result.code).toBe(0);
    expect(stored()).toMatchObject({
      agents: {
        "*": { allowlist: [{ pattern: "/usr/bin/who" }] },
        main: { ask: "always", allowlist: [{ pattern: "/usr/bin/id" }] },
      },
    });
    await edit(`echo '{}' > "$1"`, "", ["--agent", "main"]);
    expect(stored()["agents"]).not.toHaveProperty("main");
  });
});

test("the Gateway's policy is edited the same way", async () => {
  await world.cli(["approvals", "allowlist", "add", "/usr/bin/who", "--gateway"]);
  const result = await edit(`sed -i 's#/usr/bin/who#/usr/bin/w#' "$1"`, "", ["--gateway"]);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect((await world.cli(["approvals", "get", "--gateway"])).stdout).toContain("/usr/bin/w\n");
  const denied = await edit(`echo '{agents: {"*": {deny: ["dd"]}}}' > "$1"`, "", ["--gateway"]);
  expect(denied.code).toBe(1);
  expect(denied.stderr).toContain("cannot be seen or changed through a Gateway");
  expect(draftFiles()).toHaveLength(1);
});

test("without a terminal or an editor it says what to do", async () => {
  const piped = await world.cli(["approvals", "edit"], { env: { EDITOR: "true" } });
  expect(piped.code).toBe(2);
  expect(piped.stderr).toContain("needs a terminal");
  const none = await world.cli(["approvals", "edit"], { env: { PATH: "/nonexistent" }, conversation: true });
  expect(none.code).toBe(1);
  expect(none.stderr).toContain("EDITOR=");
});
