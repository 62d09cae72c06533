import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Remedy } from "@openclaw/approvals";
import { describe, expect, it } from "vitest";
import { dispatchInvoke } from "./dispatch.ts";
import type { InvokeCall } from "./host-context.ts";
import { hostScene, type HostScene } from "./host-scene.test.support.ts";
import { remedyLine } from "./remedy-line.ts";

const CALL: InvokeCall = {
  id: "i",
  signal: new AbortController().signal,
  protocol: 4,
  prepareSeen: false,
  maxPayloadBytes: 400_000,
  sendEvent: () => undefined,
};

/** The lines of the log of one refused run. */
async function refusedLines(scene: HostScene, params: object): Promise<readonly string[]> {
  const paramsJSON = JSON.stringify({ agentId: "main", ...params });
  const answer = await dispatchInvoke(
    { id: "i", nodeId: "d", command: "system.run", paramsJSON },
    CALL,
    scene.context,
  );
  expect(answer).toMatchObject({ ok: false });
  expect(scene.log.every((line) => !line.includes("\n"))).toBe(true);
  return scene.log.splice(0);
}

const tool = (scene: HostScene, name: string): string => {
  const path = join(scene.dir, name);
  writeFileSync(path, "#!/bin/sh\n", { mode: 0o755 });
  return path;
};

describe("the log of a refused run", () => {
  it.each(["on-miss", "off"])("names all entries that it takes, with `ask` `%s`", async (ask) => {
    const scene = hostScene({ version: 1, defaults: { ask } }, { stateProfile: "pi" });
    const [one, two] = [tool(scene, "one"), tool(scene, "two")];
    const [refused, remedy, ...more] = await refusedLines(scene, {
      command: ["/bin/sh", "-c", `${one} && ${two} x`],
    });
    expect(refused).toMatch(/^info: refused .*not in the allowlist of agent `main`/u);
    expect(remedy).toBe(
      `info:   to allow it: openclaw --profile pi approvals allowlist add ${one} --agent main && openclaw --profile pi approvals allowlist add ${two} --agent main`,
    );
    expect(more).toEqual([]);
  });

  it("sees what would stop the run behind the first obstacle", async () => {
    const scene = hostScene({
      version: 1,
      agents: { main: { security: "deny", deny: [{ pattern: "one" }] } },
    });
    const one = tool(scene, "one");
    expect((await refusedLines(scene, { command: [one] }))[1]).toBe(
      `info:   to allow it: set \`security\` of agent \`main\` to \`allowlist\` in the policy; then openclaw approvals deny remove one --agent main; then openclaw approvals allowlist add ${one} --agent main`,
    );
  });

  it.each<readonly [string, object, string]>([
    ["text that is not read", { command: ["/bin/sh", "-c", "id > f"] }, "write it as plain commands"],
    ["a directory", { command: ["true"], cwd: "/no-such-directory" }, "make the directory, or name another"],
  ])("promises nothing for %s", async (_what, params, advice) => {
    const scene = hostScene({ version: 1, agents: { main: { allowlist: ["true"] } } });
    const lines = await refusedLines(scene, params);
    expect(lines[1]).toContain(`no allowlist entry allows it; instead: ${advice}`);
    expect(lines).toHaveLength(2);
  });

  it("says where a broken policy is to be mended", async () => {
    const scene = hostScene({ version: 2 });
    expect((await refusedLines(scene, { command: ["true"] }))[1]).toMatch(
      /instead: mend the policy file at line 1, column \d+; or replace it by another one: openclaw approvals set --file/u,
    );
  });

  it.each<readonly [string, object]>([
    ["not valid", { command: ["true"], rawCommand: "false" }],
    ["an approval that nobody gave", { command: ["true"], approved: true }],
  ])("adds nothing where the request is %s", async (_what, params) => {
    expect(await refusedLines(hostScene({ version: 1 }), params)).toHaveLength(1);
  });

  it("keeps secrets to itself", async () => {
    const scene = hostScene({ version: 1 });
    const command = ["git", "-c", "http.extraHeader=Authorization: Basic c2VjcmV0", "fetch"];
    const lines = await refusedLines(scene, { command });
    expect(lines.join("\n")).not.toMatch(/c2VjcmV0/u);
    expect(lines[1]).toMatch(/to allow it: see openclaw approvals check/u);
    const plain = await refusedLines(scene, { command: ["git", "-c", "core.pager=less", "log"] });
    expect(plain[1]).toMatch(/ --arg-pattern '/u);
  });
});

describe("one line", () => {
  const step = (text: string, command?: readonly string[]): Remedy["steps"][number] => ({
    kind: command === undefined ? "advice" : "add-entry",
    text,
    command,
  });
  const refused = { command: ["a"], sentence: "make it so" };

  it("is absent where the sentence says it all", () => {
    expect(remedyLine({ proven: true, steps: [] }, refused)).toBeUndefined();
    expect(remedyLine({ proven: false, steps: [step("make it so")] }, refused)).toBeUndefined();
  });

  it("is never half of a command", () => {
    const steps = Array.from({ length: 40 }, (_, index) =>
      step("t", ["openclaw", `${"x".repeat(40)}${index}`]),
    );
    expect(remedyLine({ proven: true, steps }, refused)).toBe(
      "to allow it: 40 steps, which openclaw approvals check lists",
    );
  });
});
