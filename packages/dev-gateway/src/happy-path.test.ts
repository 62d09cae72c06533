import { expect, test } from "vitest";
import { ERAS } from "./index.ts";
import { startScene } from "./testing/scene.test.support.ts";

test.each(ERAS)("in %s a node connects, is approved, and answers a call", async (era) => {
  await using scene = await startScene({ era });
  const node = await scene.node({ displayName: "n1" });
  node.answerInvokes((command, params) => ({ command, params }));
  const answer = await scene.invoke(node, "system.which", { bins: ["sh"] });
  expect(answer.payload).toEqual({
    ok: true,
    nodeId: node.identity?.id,
    command: "system.which",
    payload: { command: "system.which", params: { bins: ["sh"] } },
    payloadJSON: JSON.stringify({ command: "system.which", params: { bins: ["sh"] } }),
  });
  expect(scene.gateway.era).toBe(era);
  expect(scene.events.map((event) => event.type)).toEqual(
    expect.arrayContaining(["client-connected", "invoke-sent", "invoke-answered", "frame-in", "frame-out"]),
  );
});

test("before approval a node of the newest era is told to wait, afterwards it is told", async () => {
  await using scene = await startScene();
  const node = await scene.join({ displayName: "n1" });
  const refused = await scene.invoke(node, "system.which", { bins: [] });
  expect(refused.error).toMatchObject({ code: "UNAVAILABLE", details: { code: "PAIRING_CHANGED" } });
  expect((await node.request("node.event", { event: "x" })).error.details.code).toBe("PAIRING_CHANGED");
  const asked = scene.events.find((event) => event.type === "surface-requested");
  await scene.operator.request("node.pair.approve", { requestId: asked?.requestId });
  const told = await node.event("node.pair.resolved");
  expect(told).toMatchObject({
    requestId: asked?.requestId,
    nodeId: node.identity?.id,
    decision: "approved",
  });
  node.answerInvokes(() => ({ bins: {} }));
  expect((await scene.invoke(node, "system.which", { bins: [] })).ok).toBe(true);
});

test("approval in 2026.3 takes effect when the node connects again", async () => {
  await using scene = await startScene({ era: "2026.3" });
  const node = await scene.join();
  const asked = scene.events.find((event) => event.type === "surface-requested");
  await scene.operator.request("node.pair.approve", { requestId: asked?.requestId });
  expect((await scene.invoke(node, "system.which")).error.details.reason).toBe(
    "node did not declare commands",
  );
  expect(node.events("node.pair.resolved")).toEqual([]);
  await scene.leave(node);
  const again = await scene.join({ identity: node.identity ?? null });
  again.answerInvokes(() => 1);
  expect((await scene.invoke(again, "system.which")).payload.payload).toBe(1);
});

test("a node without a device works in the oldest era alone", async () => {
  await using old = await startScene({ era: "2026.2" });
  const node = await old.join({ identity: null, client: { instanceId: "instance-1" } });
  node.answerInvokes(() => "here");
  const call = { nodeId: "instance-1", command: "system.which", idempotencyKey: "k" };
  expect((await old.operator.request("node.invoke", call)).payload.payload).toBe("here");
  await using fresh = await startScene();
  const refused = await fresh.join({ identity: null });
  expect(refused.error).toEqual({
    code: "NOT_PAIRED",
    message: "device identity required",
    details: { code: "DEVICE_IDENTITY_REQUIRED" },
  });
});
