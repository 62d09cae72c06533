import { describe, expect, test } from "vitest";
import { startScene } from "./testing/scene.test.support.ts";

describe("the event that a node gets", () => {
  test("names the time left in the newest era, and only what the caller named before", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    node.answerInvokes((_command, _params, event) => event);
    const plain = (await scene.invoke(node, "system.which")).payload.payload;
    expect(plain).toMatchObject({ paramsJSON: null, nodeId: node.identity?.id, idempotencyKey: "k1" });
    expect(plain.timeoutMs).toBeGreaterThan(29_000);
    const named = (await scene.invoke(node, "system.which", null, { timeoutMs: 5000 })).payload.payload;
    expect(named.paramsJSON).toBe("null");
    expect(named.timeoutMs).toBeLessThanOrEqual(5000);
    await using old = await startScene({ era: "2026.6" });
    const second = await old.node();
    second.answerInvokes((_command, _params, event) => event);
    expect((await old.invoke(second, "system.which", {})).payload.payload).not.toHaveProperty("timeoutMs");
    expect(
      (await old.invoke(second, "system.which", {}, { timeoutMs: 5000 })).payload.payload.timeoutMs,
    ).toBe(5000);
  });

  test("holds only known keys of system.run, and a run id", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    node.answerInvokes((_command, params) => params);
    const run = async (params: unknown) => (await scene.invoke(node, "system.run", params)).payload.payload;
    const known = {
      command: ["echo", "a b"],
      rawCommand: 'echo "a b"',
      systemRunPlan: { any: "thing" },
      cwd: "/tmp",
      env: { A: "b" },
      timeoutMs: 5,
      needsScreenRecording: false,
      agentId: "x",
      sessionKey: "s",
      runId: "r",
      suppressNotifyOnExit: true,
    };
    expect(await run({ ...known, extra: 1, approved: false, approvalDecision: "deny" })).toEqual(known);
    const added = await run({ command: ["a"], runId: "  ", timeoutMs: "5", env: null });
    expect(added).toEqual({ command: ["a"], runId: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(await run([1])).toEqual([1]);
  });

  test("is untouched in the oldest era, approval and all", async () => {
    await using scene = await startScene({ era: "2026.2" });
    const node = await scene.node();
    node.answerInvokes((_command, params) => params);
    const params = { command: ["a"], approved: true, approvalDecision: "allow-once", extra: 1 };
    expect((await scene.invoke(node, "system.run", params)).payload.payload).toEqual(params);
    expect((await scene.invoke(node, "system.execApprovals.get", {})).ok).toBe(true);
  });

  test.each([
    [{ command: ["a"], rawCommand: "b" }, "RAW_COMMAND_MISMATCH"],
    [{ rawCommand: "b" }, "MISSING_COMMAND"],
    [{ command: [], rawCommand: "b" }, "MISSING_COMMAND"],
    [{ command: ["a"], approved: true }, "MISSING_RUN_ID"],
    [{ command: ["a"], approvalDecision: "allow-once" }, "MISSING_RUN_ID"],
    [{ command: ["a"], approvalSource: "ask-fallback" }, "MISSING_RUN_ID"],
    [{ command: ["a"], approved: true, runId: "x" }, "UNKNOWN_APPROVAL_ID"],
    [
      { command: ["a"], approved: true, runId: "x", approvalSource: "ask-fallback" },
      "APPROVAL_SOURCE_MISMATCH",
    ],
  ])("is not sent for %j", async (params, code) => {
    await using scene = await startScene();
    const node = await scene.node();
    const refused = await scene.invoke(node, "system.run", params);
    expect(refused.error).toMatchObject({ code: "INVALID_REQUEST", details: { code } });
    expect(node.events("node.invoke.request")).toEqual([]);
  });

  test.each([
    ["sh", "-c", "echo hi"],
    ["/bin/bash", "-lc", "echo hi"],
    ["cmd.exe", "/d", "/s", "/c", "echo hi"],
  ])("may carry the text that a shell runs: %s", async (...command) => {
    await using scene = await startScene();
    const node = await scene.node();
    node.answerInvokes((_command, params) => params.rawCommand);
    const answer = await scene.invoke(node, "system.run", { command, rawCommand: " echo hi " });
    expect(answer.payload.payload).toBe(" echo hi ");
  });
});

describe("an invoke that fails", () => {
  test.each([
    ["2026.9", { code: "SOME", message: "text" }, "SOME: text"],
    ["2026.9", { message: "text" }, "text"],
    ["2026.9", {}, "node invoke failed"],
    ["2026.6", { code: "SOME", message: "text" }, "SOME: text"],
    ["2026.2", { code: "SOME", message: "text" }, "text"],
  ] as const)("in %s by the node with %j", async (era, error, message) => {
    await using scene = await startScene({ era });
    const node = await scene.node();
    node.answerInvokes(() => ({ error }));
    const failed = await scene.invoke(node, "system.which");
    expect(failed.error).toEqual({
      code: "UNAVAILABLE",
      message,
      details: { nodeError: error, ...(era === "2026.9" ? { nodeCommandDispatched: true } : {}) },
    });
  });

  test("by time is cancelled on the newest node, and a late answer is ignored", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    const failed = await scene.invoke(node, "system.which", {}, { timeoutMs: 20 });
    expect(failed.error).toMatchObject({ message: "TIMEOUT: node invoke timed out" });
    const { invokeId, nodeId } = await node.event("node.invoke.cancel");
    const late = await node.request("node.invoke.result", { id: invokeId, nodeId, ok: true });
    expect(late.payload).toEqual({ ok: true, ignored: true });
    expect(scene.events).toContainEqual({ type: "late-answer", id: invokeId, nodeId });
  });

  test("by time is not cancelled before, and zero means at once there", async () => {
    await using scene = await startScene({ era: "2026.3" });
    const node = await scene.node();
    const failed = await scene.invoke(node, "system.which", {}, { timeoutMs: 0 });
    expect(failed.error.message).toBe("TIMEOUT: node invoke timed out");
    expect(node.events("node.invoke.cancel")).toEqual([]);
  });

  test("because its operator left is cancelled", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    const caller = await scene.join({ role: "operator" });
    const call = { nodeId: node.identity?.id, command: "system.which", idempotencyKey: "k", timeoutMs: 0 };
    caller.send({ type: "req", id: "1", method: "node.invoke", params: call });
    const { id } = await node.event("node.invoke.request");
    await scene.leave(caller);
    expect(await node.event("node.invoke.cancel")).toEqual({ invokeId: id, nodeId: node.identity?.id });
  });

  test.each([
    ["2026.9", "DISCONNECTED: node disconnected (system.which)"],
    ["2026.6", "Error: node disconnected (system.which)"],
  ] as const)("because its node left says so in %s", async (era, message) => {
    await using scene = await startScene({ era });
    const node = await scene.node();
    const answer = scene.invoke(node, "system.which");
    await node.event("node.invoke.request");
    await scene.leave(node);
    expect((await answer).error.message).toBe(message);
    const after = await scene.invoke(node, "system.which");
    expect(after.error).toMatchObject({ message: "node not connected", details: { code: "NOT_CONNECTED" } });
  });

  test("for a node that nobody knows", async () => {
    await using scene = await startScene();
    const call = { nodeId: "nobody", command: "system.which", idempotencyKey: "k" };
    expect((await scene.operator.request("node.invoke", call)).error.details.code).toBe("PAIRING_CHANGED");
  });
});

describe("what a node reports", () => {
  test("must come from the node that was asked", async () => {
    await using scene = await startScene();
    const [node, other] = [await scene.node(), await scene.node()];
    const answer = scene.invoke(node, "system.which");
    const { id, nodeId } = await node.event("node.invoke.request");
    const foreign = await other.request("node.invoke.result", { id, nodeId, ok: true });
    expect(foreign.error.message).toBe("nodeId mismatch");
    const stolen = await other.request("node.invoke.result", { id, nodeId: other.identity?.id, ok: true });
    expect(stolen.payload).toEqual({ ok: true, ignored: true });
    await node.request("node.invoke.result", { id, nodeId, ok: true, payload: { a: 1 } });
    expect((await answer).payload).toMatchObject({ payload: { a: 1 }, payloadJSON: null });
  });

  test("of a run must match one that is open, by run and session", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    const report = async (runId: string, sessionKey: string) => {
      const payloadJSON = JSON.stringify({ runId, sessionKey, host: "node" });
      return (await node.request("node.event", { event: "exec.finished", payloadJSON })).payload;
    };
    const unmatched = { ok: true, event: "exec.finished", handled: false, reason: "unmatched_exec_event" };
    const answer = scene.invoke(node, "system.run", { command: ["a"], runId: "r1", sessionKey: "s1" });
    const { id, nodeId } = await node.event("node.invoke.request");
    expect(await report("r1", "node")).toEqual(unmatched);
    expect(await report("r2", "s1")).toEqual(unmatched);
    expect(await report("r1", "s1")).toEqual({ ok: true });
    await node.request("node.invoke.result", { id, nodeId, ok: true });
    await answer;
    expect(await report("r1", "s1")).toEqual(unmatched);
    expect(scene.events.filter((event) => event.type === "node-event" && event.handled)).toHaveLength(1);
  });

  test("of any run is taken before 2026.6, and an unknown one is dropped in it", async () => {
    for (const [era, handled] of [
      ["2026.3", true],
      ["2026.6", false],
    ] as const) {
      await using scene = await startScene({ era });
      const node = await scene.node();
      await node.request("node.event", { event: "exec.finished", payload: { runId: "x" } });
      expect(scene.events).toContainEqual(expect.objectContaining({ type: "node-event", handled }));
    }
  });

  test("about its host shows in the list", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    const stats = { cpuCount: 2, memoryTotalBytes: 8, memoryFreeBytes: 4 };
    const answer = await node.request("node.event", {
      event: "node.host.stats",
      payloadJSON: JSON.stringify(stats),
    });
    expect(answer.payload).toEqual({ ok: true, event: "node.host.stats", handled: true, reason: "updated" });
    const shown = await scene.operator.request("node.describe", { nodeId: node.identity?.id });
    expect(shown.payload.hostStats).toMatchObject(stats);
  });

  test("of an official node of the newest era has an answer", async () => {
    await using scene = await startScene();
    const node = await scene.join();
    const waiting = await node.request("node.runnerInventory.update", { protocolFeatures: [] });
    expect(waiting.error.message).toMatch(/^node capability surface is awaiting operator approval; run/);
    expect((await node.request("node.skills.update", { skills: [] })).ok).toBe(true);
    expect((await node.request("node.pluginTools.update", { tools: [] })).ok).toBe(true);
    expect((await node.request("node.pending.pull", {})).error.details.code).toBe("PAIRING_CHANGED");
    const approved = await scene.node();
    expect((await approved.request("node.runnerInventory.update", { protocolFeatures: [] })).ok).toBe(true);
    expect((await approved.request("node.pending.pull", {})).payload.actions).toEqual([]);
    expect((await approved.request("node.pending.drain", { maxItems: 3 })).payload.items).toEqual([]);
    expect((await approved.request("node.pending.ack", { ids: ["a"] })).payload.ackedIds).toEqual(["a"]);
  });
});
