import { describe, expect, test } from "vitest";
import type { Client, Json } from "./testing/client.test.support.ts";
import { startScene } from "./testing/scene.test.support.ts";

const FOLLOW = { event: "chat.subscribe", payloadJSON: '{"sessionKey":"none"}' };

/** The kinds of the ticks since then: everybody's, and those that went through the list of nodes. */
function ticks(client: Client, since = 0): readonly string[] {
  const frames = client.frames.slice(since).filter((frame: Json) => frame.event === "tick");
  return frames.map((frame: Json) => (frame.seq === undefined ? "own" : "all"));
}

/** So many ticks to everybody more. */
async function moreTicks(client: Client, count: number): Promise<void> {
  let left = count;
  const from = client.frames.length;
  await client.frame((frame) => {
    const isNew = client.frames.indexOf(frame) >= from;
    if (isNew && frame.event === "tick" && frame.seq !== undefined) left -= 1;
    return left === 0;
  });
}

describe("a node that follows a session", () => {
  test.each(["2026.2", "2026.3", "2026.6"] as const)("in %s gets each tick twice", async (era) => {
    await using scene = await startScene({ era, tickIntervalMs: 20 });
    const node = await scene.node();
    await moreTicks(node, 2);
    expect(ticks(node)).not.toContain("own");
    expect((await node.request("node.event", FOLLOW)).payload).toEqual({ ok: true });
    const since = node.frames.length;
    await moreTicks(node, 3);
    expect(ticks(node, since).slice(0, 4)).toEqual(["all", "own", "all", "own"]);
  });

  test("must name one", async () => {
    await using scene = await startScene({ era: "2026.2", tickIntervalMs: 20 });
    const node = await scene.node();
    for (const payloadJSON of ["{}", "[]", "no", '{"sessionKey":" "}'])
      await node.request("node.event", { event: "chat.subscribe", payloadJSON });
    await moreTicks(node, 3);
    expect(ticks(node)).not.toContain("own");
  });
});

describe("the end of an older socket", () => {
  test.each(["2026.2", "2026.3"] as const)("in %s ends the node that lives", async (era) => {
    await using scene = await startScene({ era, tickIntervalMs: 20 });
    const old = await scene.node();
    const node = await scene.join({ identity: old.identity ?? null });
    await node.request("node.event", FOLLOW);
    const waiting = scene.invoke(node, "system.which");
    await node.event("node.invoke.request");
    await scene.leave(old);
    expect((await waiting).error.message).toContain("node disconnected (system.which)");
    expect((await scene.invoke(node, "system.which")).error.message).toBe("node not connected");
    const since = node.frames.length;
    await moreTicks(node, 3);
    expect(ticks(node, since)).not.toContain("own");
    expect((await node.request("skills.bins", {})).ok).toBe(true);
  });

  test.each(["2026.6", "2026.9"] as const)("in %s does not", async (era) => {
    await using scene = await startScene({ era });
    const old = await scene.node();
    const node = await scene.join({ identity: old.identity ?? null });
    node.answerInvokes(() => 1);
    await scene.leave(old);
    expect((await scene.invoke(node, "system.which")).ok).toBe(true);
  });
});
