import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  startWorld,
  type CliOptions,
  type CliResult,
  type OperatorWorld,
} from "./operator-world.test.support.ts";

let world: OperatorWorld;
let file = "";
beforeEach(async () => {
  world = await startWorld({ era: "2026.9" });
  await approvals(["allowlist", "add", "/usr/bin/who"]);
  file = join(world.stateDir, "new.json5");
  writeFileSync(
    file,
    "{defaults: {security: 'full'}, agents: {'*': {allowlist: ['/usr/bin/id'], deny: ['dd']}}}",
  );
});
afterEach(() => world.stop());

const approvals = (words: readonly string[], options?: CliOptions): Promise<CliResult> =>
  world.cli(["approvals", ...words], options);
const text = (): string => readFileSync(join(world.stateDir, "state", "exec-approvals.json"), "utf8");
const DIFF = [
  "Changes for this machine",
  "~ defaults: security allowlist -> full",
  "- defaults: ask on-miss",
  "- defaults: askFallback deny",
  "- defaults: autoAllowSkills false",
  "- *: allow /usr/bin/who",
  "+ *: allow /usr/bin/id",
  "+ *: deny dd",
  "More may run than before.",
].join("\n");

test("on a terminal it shows what changes, and asks", async () => {
  const before = text();
  for (const answer of ["", "\n", "n\n", "maybe\n"]) {
    const no = await approvals(["set", "--file", file, "--no-color"], { conversation: true, stdin: answer });
    expect(no.code).toBe(1);
    expect(no.stdout).toContain(DIFF);
    expect(no.stderr).toContain("Write this? [y/N]");
    expect(no.stdout).toMatch(/Nothing was written\.\n$/u);
    expect(text()).toBe(before);
  }
  const yes = await approvals(["set", "--file", file, "--no-color"], { conversation: true, stdin: "y\n" });
  expect(yes).toMatchObject({ code: 0 });
  expect(text()).toContain("/usr/bin/id");
  const same = await approvals(["set", "--file", file, "--no-color"], { conversation: true, stdin: "" });
  expect(same.stderr).not.toContain("[y/N]");
});

test("with --yes, in a pipe and with --json nobody is asked", async () => {
  const said = await approvals(["set", "--file", file, "--yes", "--no-color"], { conversation: true });
  expect(said).toMatchObject({ code: 0, stderr: "" });
  expect(said.stdout).toContain(DIFF);
  const piped = await approvals(["set", "--stdin"], { stdin: "{}" });
  expect(piped).toMatchObject({ code: 0, stderr: "" });
  expect(piped.stdout).not.toContain("Changes");
  const json = await approvals(["set", "--file", file, "--json"], { conversation: true });
  expect(JSON.parse(json.stdout)).toMatchObject({
    changed: true,
    exists: true,
    file: { defaults: { security: "full" } },
    diff: expect.arrayContaining([
      { kind: "setting", change: "added", field: "security", to: "full" },
      { kind: "deny-entry", change: "added", agent: "*", pattern: "dd", to: { pattern: "dd" } },
    ]) as unknown,
  });
});

test("a dry run shows the difference and nothing else", async () => {
  const before = text();
  const dry = await approvals(["set", "--file", file, "--dry-run"]);
  expect(dry).toMatchObject({ code: 0, stdout: `${DIFF}\n`, stderr: "" });
  const json = JSON.parse((await approvals(["set", "--file", file, "--dry-run", "--json"])).stdout) as object;
  expect(json).toMatchObject({ changed: true, dryRun: true });
  expect(text()).toBe(before);
  await approvals(["get", "--json"]);
  const own = JSON.parse((await approvals(["get", "--json"])).stdout) as { readonly file: object };
  writeFileSync(file, JSON.stringify(own.file));
  expect((await approvals(["set", "--file", file, "--dry-run"])).stdout).toMatch(
    /^(Nothing changes|For this machine, nothing)/u,
  );
});

test("an answer does not count for a policy that changed while it was thought about", async () => {
  const stop = new AbortController();
  const raced = await approvals(["set", "--file", file], {
    conversation: true,
    stdin: "y\n",
    onStderr: (said) => {
      if (!said.includes("[y/N]") || stop.signal.aborted) return;
      stop.abort();
      writeFileSync(join(world.stateDir, "state", "exec-approvals.json"), '{"version":1}');
    },
  });
  expect(raced.code).toBe(1);
  expect(raced.stderr).toMatch(/somebody else\s+changed\s+the policy/u);
  expect(text()).toBe('{"version":1}');
});

test("deny entries in a document for another machine are refused, not dropped", async () => {
  const refused = await approvals(["set", "--file", file, "--gateway"]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("deny entries cannot be seen or changed");
  expect((await approvals(["get", "--gateway"])).stdout).not.toContain("security full");
});
