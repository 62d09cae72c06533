import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dispatchInvoke } from "../dispatch.ts";
import type { HostContext, InvokeAnswer } from "../host-context.ts";
import { FULL_POLICY, hostScene } from "../host-scene.test.support.ts";
import { RunSlots } from "../run-slots.ts";

const DENY = { version: 1, defaults: { security: "deny" } };

interface Wish {
  readonly params: object;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly name?: string;
}

async function invoke(context: HostContext, wish: Wish): Promise<InvokeAnswer> {
  const { signal = new AbortController().signal, timeoutMs, name = "system.run" } = wish;
  const call = {
    id: "i-1",
    signal,
    protocol: 4,
    prepareSeen: true,
    timeoutMs,
    maxPayloadBytes: 400_000,
    sendEvent: () => undefined,
  };
  const request = { id: "i-1", nodeId: "d", command: name, paramsJSON: JSON.stringify(wish.params) };
  return await dispatchInvoke(request, call, context);
}

/** A host with one place, which is taken until `free` is called. */
function fullHost(queued = 4) {
  const slots = new RunSlots(1, { queued });
  const scene = hostScene(undefined, { slots });
  const free = slots.take();
  return { ...scene, slots, free: () => free?.() };
}

/** Resolves when so many runs wait. */
async function untilQueued(slots: RunSlots, count: number): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
  while (slots.queued < count) await new Promise((resolve) => setImmediate(resolve));
}

const TRUE = { command: ["true"], runId: "r-1" };

describe("system.run on a busy host", () => {
  it("waits for its turn, while other questions are answered", async () => {
    const { context, slots, free, audited } = fullHost();
    const waiting = invoke(context, { params: TRUE });
    await untilQueued(slots, 1);
    expect(await invoke(context, { name: "system.which", params: { bins: ["sh"] } })).toMatchObject({
      ok: true,
    });
    expect(audited.map(({ kind }) => kind)).toEqual(["decision"]);
    free();
    expect(await waiting).toMatchObject({ ok: true, payload: { success: true } });
    expect(audited.map(({ kind }) => kind)).toEqual(["decision", "outcome"]);
    expect(slots.active).toBe(0);
  });

  it("is refused with a clear word when too many wait, and when its time is over before its turn", async () => {
    const { context, slots, audited } = fullHost(0);
    expect(await invoke(context, { params: TRUE })).toEqual({
      ok: false,
      code: "UNAVAILABLE",
      message:
        "UNAVAILABLE: busy, no place for one more run (at most 1 at once, 0 waiting); nothing was run, try again later",
    });
    expect(audited.at(-1)).toMatchObject({ kind: "not-started", reason: "busy" });
    const late = fullHost();
    expect(await invoke(late.context, { params: TRUE, timeoutMs: 5 })).toMatchObject({
      message:
        "UNAVAILABLE: busy, no place became free in time (at most 1 runs at once); nothing was run, try again later",
    });
    expect([slots.active, late.slots.queued]).toEqual([1, 0]);
  });

  it("can be cancelled while it waits", async () => {
    const { context, slots, audited } = fullHost();
    const stop = new AbortController();
    const waiting = invoke(context, { params: TRUE, signal: stop.signal });
    await untilQueued(slots, 1);
    stop.abort();
    expect(await waiting).toMatchObject({
      ok: false,
      message: "UNAVAILABLE: cancelled before the start; nothing was run",
    });
    expect(audited.at(-1)).toMatchObject({ kind: "not-started", reason: "cancelled" });
    expect(slots.queued).toBe(0);
  });

  it("is decided again when the policy was changed while it waited", async () => {
    const { context, dir, slots, free, audited } = fullHost();
    const waiting = invoke(context, { params: TRUE });
    await untilQueued(slots, 1);
    writeFileSync(join(dir, "exec-approvals.json"), JSON.stringify(DENY));
    free();
    expect(await waiting).toMatchObject({ ok: false, code: "SYSTEM_RUN_DENIED" });
    expect(audited.at(-1)).toMatchObject({ kind: "not-started", reason: "policy-changed" });
    expect(slots.active).toBe(0);
  });

  it("runs when the changed policy allows it too", async () => {
    const { context, dir, slots, free } = fullHost();
    const waiting = invoke(context, { params: TRUE });
    await untilQueued(slots, 1);
    writeFileSync(join(dir, "exec-approvals.json"), JSON.stringify({ ...FULL_POLICY, agents: {} }));
    free();
    expect(await waiting).toMatchObject({ ok: true, payload: { success: true } });
  });

  it("keeps an operator's approval while the file only gets notes about use", async () => {
    const { context, dir, slots, free } = fullHost();
    const ask = { version: 1, defaults: { security: "allowlist", ask: "on-miss" } };
    const file = join(dir, "exec-approvals.json");
    writeFileSync(file, JSON.stringify(ask));
    const params = await approved(context, ["/bin/true"]);
    const waiting = invoke(context, { params });
    await untilQueued(slots, 1);
    writeFileSync(file, `${JSON.stringify(ask)}\n`);
    free();
    expect(await waiting).toMatchObject({ ok: true, payload: { success: true } });
    expect(await invoke(context, { params })).toMatchObject({ ok: false });
  });

  it("takes back the approval with the policy that it was given under", async () => {
    const { context, dir, slots, free } = fullHost();
    const file = join(dir, "exec-approvals.json");
    writeFileSync(file, JSON.stringify({ version: 1, defaults: { security: "allowlist", ask: "on-miss" } }));
    const waiting = invoke(context, { params: await approved(context, ["/bin/true"]) });
    await untilQueued(slots, 1);
    writeFileSync(file, JSON.stringify(DENY));
    free();
    expect(await waiting).toMatchObject({ ok: false, code: "SYSTEM_RUN_DENIED" });
  });

  it("starts nothing after the wait when the node was paused meanwhile", async () => {
    const { context, slots, free } = fullHost();
    let paused = false;
    const pause = { current: () => (paused ? { since: 0, until: null, keep: false } : undefined) };
    const waiting = invoke({ ...context, pause }, { params: TRUE });
    await untilQueued(slots, 1);
    paused = true;
    free();
    expect(await waiting).toMatchObject({ ok: false, code: "SYSTEM_RUN_DENIED" });
    expect(slots.active).toBe(0);
  });

  it("gives every place back, however runs end", async () => {
    const slots = new RunSlots(2);
    const { context } = hostScene(undefined, { slots });
    const commands = [["true"], ["false"], ["/nowhere/program"], ["sh", "-c", "kill -9 $$"], ["sleep", "30"]];
    const runs = commands.map((command) => invoke(context, { params: { command, timeoutMs: 50 } }));
    await Promise.all(runs);
    expect([slots.active, slots.queued]).toEqual([0, 0]);
  });
});

/** What a Gateway sends after its operator allowed a command once. */
async function approved(context: HostContext, command: readonly string[]): Promise<object> {
  const who = { agentId: "main", sessionKey: "agent:main:main", rawCommand: command.join(" ") };
  const answer = await invoke(context, { name: "system.run.prepare", params: { command, ...who } });
  if (!answer.ok) throw new Error(answer.message);
  const { plan } = answer.payload as { plan: { argv: unknown; commandText: unknown; cwd: unknown } };
  return {
    ...who,
    command: plan.argv,
    rawCommand: plan.commandText,
    cwd: plan.cwd,
    systemRunPlan: plan,
    approved: true,
    approvalDecision: "allow-once",
  };
}
