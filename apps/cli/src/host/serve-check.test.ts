import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkAnswerSchema, type CheckAnswer, type CheckParams } from "./check-protocol.ts";
import { dispatchInvoke } from "./dispatch.ts";
import type { InvokeCall } from "./host-context.ts";
import { hostScene, keepingSession, type HostScene } from "./host-scene.test.support.ts";
import { runFacts } from "./run-environment.ts";
import { answerCheck } from "./serve-check.ts";
import { SkillPrograms } from "./skill-programs.ts";

const CALL: InvokeCall = {
  id: "i",
  signal: new AbortController().signal,
  protocol: 4,
  prepareSeen: false,
  maxPayloadBytes: 400_000,
  sendEvent: () => undefined,
};

/** The answer as it comes out of the socket. */
async function checked(scene: HostScene, params: CheckParams): Promise<CheckAnswer> {
  return checkAnswerSchema.parse(JSON.parse(JSON.stringify(await answerCheck(params, scene.context))));
}

async function reallyDecided({ context, audited }: HostScene, params: object): Promise<unknown> {
  const paramsJSON = JSON.stringify({ agentId: "main", ...params });
  await dispatchInvoke({ id: "i", nodeId: "d", command: "system.run", paramsJSON }, CALL, context);
  return audited.find(({ kind }) => kind === "decision");
}

const LISTED = {
  version: 1,
  defaults: { security: "allowlist", ask: "on-miss", autoAllowSkills: true },
  agents: { main: { allowlist: ["true"] } },
};

/** Beside the scene's own PATH a `bin/tool` that the Gateway names as a skill's program. */
function skilled(): HostScene {
  const base = hostScene(LISTED);
  writeFileSync(join(base.dir, "tool"), "#!/bin/sh\n", { mode: 0o755 });
  const PATH = `${base.dir}:${process.env["PATH"]}`;
  const { policy, log } = base.context;
  const skills = new SkillPrograms({ policy, facts: () => runFacts(base.context, { PATH }), log });
  const request = async (): Promise<unknown> => ({ bins: ["tool"] });
  skills.onReady({ ...keepingSession(), request });
  return { ...base, context: { ...base.context, skills, hostEnv: { PATH } } };
}

describe("a running host, asked what it would decide", () => {
  it.each<readonly [string, CheckParams, object]>([
    ["a skill", { argv: ["tool"], agent: "main" }, { command: ["tool"] }],
    ["a listed one", { argv: ["true"], agent: "main" }, { command: ["true"] }],
    ["another one", { argv: ["id"], agent: "main", env: { A: "b" } }, { command: ["id"], env: { A: "b" } }],
    ["no directory", { argv: ["true"], agent: "main", cwd: "/no" }, { command: ["true"], cwd: "/no" }],
    [
      "a text",
      { raw: "true; tool", agent: "main" },
      { command: ["/bin/sh", "-lc", "true; tool"], rawCommand: "true; tool" },
    ],
    [
      "a variable",
      { argv: ["true"], agent: "main", env: { LD_PRELOAD: "x" } },
      { command: ["true"], env: { LD_PRELOAD: "x" } },
    ],
  ])("says for %s what it then decides", async (_what, params, asked) => {
    const scene = skilled();
    const { run, argv, hostCwd } = await checked(scene, params);
    expect(argv).toEqual(Reflect.get(asked, "command"));
    expect(hostCwd).toBe(scene.dir);
    const { outcome, reason, rule } = run;
    expect(await reallyDecided(scene, asked)).toMatchObject({
      outcome,
      reason,
      ...(rule === undefined ? {} : { rule }),
    });
  });

  it("waits for a list of skills as a run does", async () => {
    const { run } = await checked(skilled(), { argv: ["tool"], agent: "main" });
    expect(run).toMatchObject({ outcome: "allow", rule: { kind: "skill-bin", name: "tool" } });
  });

  it("leaves no trace", async () => {
    const scene = skilled();
    const before = readFileSync(scene.context.policy.path, "utf8");
    const files = readdirSync(scene.dir);
    await checked(scene, { argv: ["true"], agent: "main" });
    await checked(scene, { argv: ["id"], agent: "main" });
    await scene.context.usage.close();
    expect(scene.audited).toEqual([]);
    expect(scene.log.filter((line) => !line.startsWith("debug:"))).toEqual([]);
    expect(readFileSync(scene.context.policy.path, "utf8")).toBe(before);
    expect(readdirSync(scene.dir)).toEqual(files);
  });

  it("tells nothing of its environment, and when it is paused", async () => {
    const scene = hostScene(LISTED, {
      hostEnv: { PATH: process.env["PATH"], API: "hidden-value" },
      pause: { current: () => ({ since: 0, until: null, keep: false }) },
    });
    const answer = await checked(scene, { argv: ["true"], agent: "main" });
    expect(JSON.stringify(answer)).not.toContain("hidden-value");
    expect(answer).toMatchObject({ paused: true, run: { outcome: "allow", start: { cwd: scene.dir } } });
  });

  it.each<readonly [string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["no command", { agent: "main" }],
    ["two commands", { argv: ["a"], raw: "a", agent: "main" }],
    ["no agent", { argv: ["a"] }],
    ["words that are numbers", { argv: [1], agent: "main" }],
    ["variables that are numbers", { argv: ["a"], agent: "main", env: { A: 1 } }],
    ["what it does not know", { argv: ["a"], agent: "main", approved: true }],
  ])("refuses params with %s", async (_what, params) => {
    expect(await answerCheck(params, hostScene().context)).toEqual({
      ok: false,
      error: expect.stringContaining("params must be") as unknown,
    });
  });
});
