import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConnectionError, type Session } from "@openclaw/gateway-connection";
import type { HostContext, InvokeAnswer, InvokeCall } from "./host-context.ts";
import { dispatchInvoke } from "./dispatch.ts";
import { hostScene, keepingSession, type HostScene } from "./host-scene.test.support.ts";
import { runFacts } from "./run-environment.ts";
import { SKILL_LIMITS, SkillPrograms } from "./skill-programs.ts";

const SKILLS_ON = {
  version: 1,
  defaults: { security: "allowlist", ask: "off", askFallback: "deny", autoAllowSkills: true },
} as const;

interface SkillScene extends HostScene {
  readonly skills: SkillPrograms;
  readonly session: Session;
  /** What the Gateway will answer; an error is thrown, a promise waited for. */
  answer: unknown;
  asked: number;
  /** Milliseconds. */
  clock: number;
  run(...argv: string[]): Promise<InvokeAnswer>;
}

/** A host with `bin/tool` in its PATH, and a Gateway that answers `skills.bins`. */
function skillScene(policy: object = SKILLS_ON): SkillScene {
  const base = hostScene(policy);
  const bin = join(base.dir, "bin");
  mkdirSync(bin);
  putTool(join(bin, "tool"));
  const path = `${bin}:${process.env["PATH"]}`;
  const facts = (): ReturnType<typeof runFacts> => runFacts(base.context, { PATH: path });
  const { policy: store, log } = base.context;
  const skills = new SkillPrograms({ policy: store, facts, log, now: () => scene.clock });
  const context = { ...base.context, skills, hostEnv: { PATH: path, HOME: base.dir } };
  const request: Session["request"] = async (method) => {
    expect(method).toBe("skills.bins");
    scene.asked += 1;
    const answer = await scene.answer;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const scene: SkillScene = {
    ...base,
    context,
    skills,
    session: { ...keepingSession(), request },
    answer: { bins: ["tool"] },
    asked: 0,
    clock: 1000,
    run: async (...argv) => await run(context, argv),
  };
  return scene;
}

function putTool(path: string): void {
  writeFileSync(path, "#!/bin/sh\necho tool\n");
  chmodSync(path, 0o755);
}

const CALL: InvokeCall = {
  id: "i",
  signal: new AbortController().signal,
  protocol: 4,
  prepareSeen: false,
  maxPayloadBytes: 400_000,
  sendEvent: () => undefined,
};

async function run(context: HostContext, command: readonly string[]): Promise<InvokeAnswer> {
  const paramsJSON = JSON.stringify({ command, agentId: "main" });
  return await dispatchInvoke({ id: "i", nodeId: "d", command: "system.run", paramsJSON }, CALL, context);
}

const MISS = { ok: false, message: expect.stringMatching(/^SYSTEM_RUN_DENIED: allowlist miss/u) as string };

describe("programs of skills", () => {
  it("run without an entry, and the first run waits for the list", async () => {
    const scene = skillScene();
    scene.skills.onReady(scene.session);
    expect(await scene.run("tool")).toMatchObject({ ok: true, payload: { stdout: "tool\n" } });
    expect(scene.audited[0]).toMatchObject({ outcome: "allow", rule: { kind: "skill-bin", name: "tool" } });
    expect(await scene.run("ls")).toMatchObject(MISS);
    expect(scene.asked).toBe(1);
  });

  it("are not asked for while no policy wants them, whatever is run", async () => {
    const scene = skillScene({ ...SKILLS_ON, defaults: { ...SKILLS_ON.defaults, autoAllowSkills: false } });
    scene.skills.onReady(scene.session);
    expect(await scene.run("tool")).toMatchObject(MISS);
    expect(scene.asked).toBe(0);
  });

  it("are asked for at the hello when one agent wants them, and count for that agent alone", async () => {
    const { autoAllowSkills, ...defaults } = SKILLS_ON.defaults;
    const scene = skillScene({ version: 1, defaults, agents: { other: { autoAllowSkills } } });
    scene.skills.onReady(scene.session);
    expect(scene.asked).toBe(1);
    expect(await scene.run("tool")).toMatchObject(MISS);
  });

  it("count from when the owner lets them, without a new connection", async () => {
    const scene = skillScene({ version: 1, defaults: { ...SKILLS_ON.defaults, autoAllowSkills: false } });
    scene.skills.onReady(scene.session);
    writeFileSync(scene.context.policy.path, JSON.stringify(SKILLS_ON));
    expect(await scene.run("tool")).toMatchObject({ ok: true });
  });

  it("keep no listed run and no path waiting", async () => {
    const scene = skillScene({
      ...SKILLS_ON,
      agents: { main: { allowlist: [{ pattern: "/**/true" }] } },
    });
    scene.answer = new Promise(() => undefined);
    scene.skills.onReady(scene.session);
    expect(await scene.run("true")).toMatchObject({ ok: true });
    expect(await scene.run(join(scene.dir, "bin", "tool"))).toMatchObject(MISS);
    expect(await scene.run("not-on-this-machine")).toMatchObject(MISS);
  });

  it("are looked up when the list comes, so that a file put in front later is not one", async () => {
    const scene = skillScene();
    scene.skills.onReady(scene.session);
    expect(await scene.run("tool")).toMatchObject({ ok: true });
    putTool(join(scene.dir, "tool"));
    const shadowed = { ...scene.context, hostEnv: { PATH: `${scene.dir}:/usr/bin:/bin` } };
    expect(await run(shadowed, ["tool"])).toMatchObject(MISS);
  });

  it("are asked for again once the list is too old, and a withdrawn one stops", async () => {
    const scene = skillScene();
    scene.skills.onReady(scene.session);
    expect(await scene.run("tool")).toMatchObject({ ok: true });
    scene.clock += SKILL_LIMITS.freshMs - 1;
    expect(await scene.run("tool")).toMatchObject({ ok: true });
    expect(scene.asked).toBe(1);
    scene.clock += 1;
    scene.answer = { bins: [] };
    expect(await scene.run("tool")).toMatchObject(MISS);
    expect(scene.asked).toBe(2);
  });

  it.each([
    ["fails", new ConnectionError("request-failed", "no skills today")],
    ["answers something else", { bins: "tool" }],
    ["answers an endless list", { bins: Array.from({ length: 2000 }, () => "tool") }],
  ])("stay as they were when the Gateway %s, and it is left in peace for a while", async (_how, answer) => {
    const scene = skillScene();
    scene.skills.onReady(scene.session);
    expect(await scene.run("tool")).toMatchObject({ ok: true });
    scene.clock += SKILL_LIMITS.freshMs;
    scene.answer = answer;
    expect(await scene.run("tool")).toMatchObject({ ok: true });
    expect(await scene.run("ls")).toMatchObject(MISS);
    expect(scene.asked).toBe(2);
    scene.clock += SKILL_LIMITS.retryMs;
    expect(await scene.run("tool")).toMatchObject({ ok: true });
    expect(scene.asked).toBe(3);
    expect(scene.log.filter((line) => line.startsWith("warn"))).toHaveLength(1);
  });

  it("end with their connection, and a late answer is nobody's", async () => {
    const scene = skillScene();
    let answer: (bins: unknown) => void = () => undefined;
    const late = new Promise<unknown>((resolve) => (answer = resolve));
    scene.answer = late;
    scene.skills.onReady(scene.session);
    scene.skills.onEnd();
    answer({ bins: ["tool"] });
    await late;
    expect(await scene.run("tool")).toMatchObject(MISS);
    scene.answer = { bins: [] };
    scene.skills.onReady(scene.session);
    expect(await scene.run("tool")).toMatchObject(MISS);
  });
});
