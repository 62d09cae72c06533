import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Era } from "./index.ts";
import type { Json } from "./testing/client.test.support.ts";
import { REMOTE, startScene, type Scene } from "./testing/scene.test.support.ts";

const recorded = JSON.parse(
  readFileSync(new URL("./fixtures/recorded-frames.json", import.meta.url), "utf8"),
) as Record<Era, Record<string, Json>>;

/** Keys of real Gateways that concern chat, the web page or a packaged build, and none of ours. */
const LEFT_OUT = [
  "controlUiBuildSource",
  "canvasHostUrl",
  "recoveryScope",
  "recoveryMigrationAllowed",
  "pluginSurfaceUrls",
  "sessionHost",
];

const FRAMES: Readonly<Record<string, (scene: Scene, era: Era) => Promise<Json>>> = {
  "event.connect.challenge": async ({ operator }) => operator.frames[0],
  "event.tick": async ({ operator }) => operator.frame((frame) => frame.event === "tick"),
  // The newest command line was recorded without a device of its own.
  "hello.operator": async (scene, era) =>
    short((await scene.join({ role: "operator", ...(era === "2026.9" ? { identity: null } : {}) })).hello),
  "hello.node": async (scene) => short((await scene.join()).hello),
  "refusal.not-paired": async (scene) => (await scene.join(REMOTE)).error,
  "close.1008": async (scene) => (await scene.join(REMOTE)).closed,
  "device.pair.list.paired.node": async (scene) => {
    await scene.node({ displayName: "n1" });
    const { paired } = (await scene.operator.request("device.pair.list", {})).payload;
    return paired.find((device: Json) => device.role === "node");
  },
  "device.pair.list.pending.node": async (scene) => {
    await scene.join({ ...REMOTE, displayName: "far" });
    return (await scene.operator.request("device.pair.list", {})).payload.pending[0];
  },
  "node.pair.list.pending": async (scene) => {
    await scene.join({ displayName: "n1" });
    return (await scene.operator.request("node.pair.list", {})).payload.pending[0];
  },
  "node.pair.list.paired": async (scene) => {
    await scene.join({ displayName: "n1" });
    const { requestId } = (await scene.operator.request("node.pair.list", {})).payload.pending[0];
    await scene.operator.request("node.pair.approve", { requestId });
    return (await scene.operator.request("node.pair.list", {})).payload.paired[0];
  },
  "answer.node.pair.approve": async (scene) => {
    await scene.join({ displayName: "n1" });
    const { requestId } = (await scene.operator.request("node.pair.list", {})).payload.pending[0];
    return (await scene.operator.request("node.pair.approve", { requestId })).payload;
  },
  "event.node.pair.resolved.operator": async (scene) => {
    await scene.node();
    return scene.operator.frame((frame) => frame.event === "node.pair.resolved");
  },
  "event.node.pair.resolved.node": async (scene) => {
    const node = await scene.node();
    return node.frame((frame) => frame.event === "node.pair.resolved");
  },
  "event.device.pair.resolved": async (scene) => {
    await scene.join();
    return scene.operator.frame((frame) => frame.event === "device.pair.resolved");
  },
  "node.pending-approval": async (scene) => listed(scene, await scene.join(named())),
  "node.approved": async (scene) => listed(scene, await scene.node(named())),
  "node.granted": async (scene) => listed(scene, await scene.node(named())),
  "node.empty": async (scene) => listed(scene, await scene.join(named())),
  "answer.node.describe": async (scene) => {
    const node = await scene.node(named());
    return (await scene.operator.request("node.describe", { nodeId: node.identity?.id })).payload;
  },
  "answer.node.rename": async (scene) => {
    const node = await scene.node();
    const params = { nodeId: node.identity?.id, displayName: "x" };
    return (await scene.operator.request("node.rename", params)).payload;
  },
  "error.node.rename": async (scene) =>
    (await scene.operator.request("node.rename", { nodeId: "x", displayName: "x" })).error,
  "answer.node.invoke": async (scene) => {
    const node = await scene.node();
    node.answerInvokes(() => ({ bins: {} }));
    return withoutPayload((await scene.invoke(node, "system.which", { bins: [] })).payload);
  },
  "answer.node.invoke.result": async (scene) => {
    const node = await scene.node();
    const answer = scene.invoke(node, "system.which", {});
    const { id, nodeId } = await node.event("node.invoke.request");
    const result = await node.request("node.invoke.result", { id, nodeId, ok: true });
    await answer;
    return result.payload;
  },
  "error.node.event": async (scene) =>
    (await (await scene.join()).request("node.event", { event: "x" })).error,
  "event.node.invoke.request.system.which": (scene, era) =>
    // In 2026.6 it was recorded of a caller that named no time-out.
    invoked(scene, "system.which", era === "2026.6" ? {} : { timeoutMs: 15_000 }),
  "event.node.invoke.request.system.execApprovals.get": async (scene) => {
    const node = await scene.node();
    node.answerInvokes(() => 1);
    await scene.operator.request("exec.approvals.node.get", { nodeId: node.identity?.id });
    return node.frame((frame) => frame.event === "node.invoke.request");
  },
};

function named(): object {
  const pathEnv = "/usr/bin";
  return { displayName: "n1", edit: (params: Json) => ({ ...params, pathEnv }) };
}

async function listed(
  { operator }: Scene,
  node: { readonly identity: { id: string } | undefined },
): Promise<Json> {
  const { nodes } = (await operator.request("node.list", {})).payload;
  return nodes.find((one: Json) => one.nodeId === node.identity?.id);
}

async function invoked(scene: Scene, command: string, more: object): Promise<Json> {
  const node = await scene.node();
  node.answerInvokes(() => 1);
  await scene.invoke(node, command, { bins: ["sh"] }, more);
  return node.frame((frame) => frame.event === "node.invoke.request");
}

function short(hello: Json): Json {
  return {
    ...hello,
    snapshot: {},
    features: Object.fromEntries(Object.keys(hello.features).map((key) => [key, []])),
  };
}

function withoutPayload(answer: Json): Json {
  return { ...answer, payload: null };
}

describe.each(Object.keys(recorded) as Era[])("%s", (era) => {
  const names = Object.keys(FRAMES).filter((name) => name in recorded[era]);

  test.each(names)("%s has the keys of the recorded one", async (name) => {
    await using scene = await startScene({ era, tickIntervalMs: 20 });
    const ours = await FRAMES[name]?.(scene, era);
    const real = name === "answer.node.invoke" ? withoutPayload(recorded[era][name]) : recorded[era][name];
    expect(keysOf(ours)).toEqual(keysOf(real));
  });

  test("most recorded frames are compared", () => {
    expect(names.length).toBeGreaterThan(12);
  });
});

/** The keys of an object and of the objects inside, by path. */
function keysOf(value: Json, path = ""): readonly string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : keysOf(value[0], `${path}[]`);
  if (value === null || typeof value !== "object") return [];
  return (
    Object.entries(value)
      // The older Gateways were recorded with nodes that named no family.
      .filter(([key]) => !LEFT_OUT.includes(key) && key !== "deviceFamily")
      .flatMap(([key, inner]) => [`${path}.${key}`, ...keysOf(inner, `${path}.${key}`)])
      .toSorted()
  );
}
