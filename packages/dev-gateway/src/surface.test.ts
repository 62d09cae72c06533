import { describe, expect, test } from "vitest";
import { NODE_COMMANDS } from "./testing/client.test.support.ts";
import { pendingRequest, startScene } from "./testing/scene.test.support.ts";

const MORE = { caps: ["system", "browser"], commands: [...NODE_COMMANDS, "browser.proxy"] };

describe("a declared surface", () => {
  test("is filtered to what the platform may be asked for", async () => {
    await using scene = await startScene();
    await scene.join({ commands: [...NODE_COMMANDS, "foo.bar", "camera.snap", "system.which"] });
    const { pending } = (await scene.operator.request("node.pair.list", {})).payload;
    expect(pending[0]).toMatchObject({
      commands: NODE_COMMANDS,
      requiredApproveScopes: ["operator.pairing", "operator.admin"],
      silent: true,
    });
  });

  test.each([
    ["2026.9", "darwin", undefined, 5],
    ["2026.9", "linux", undefined, 5],
    ["2026.9", "linux", "Mac", 0],
    ["2026.6", "darwin", undefined, 0],
    ["2026.6", "linux", undefined, 0],
    ["2026.6", "macos", "Mac", 3],
    ["2026.3", "darwin", undefined, 3],
    ["2026.3", "freebsd", undefined, 0],
  ] as const)("in %s on %s with family %s offers %i commands", async (era, platform, deviceFamily, count) => {
    await using scene = await startScene({ era });
    await scene.join({
      client: { platform },
      edit: (params) => {
        const { deviceFamily: _old, ...client } = params.client;
        return { ...params, client: { ...client, ...(deviceFamily === undefined ? {} : { deviceFamily }) } };
      },
    });
    const { pending } = (await scene.operator.request("node.pair.list", {})).payload;
    expect(pending[0].commands).toHaveLength(count);
  });

  test("that grows is asked about again while the old grants stay", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    await scene.leave(node);
    const grown = await scene.join({ identity: node.identity ?? null, ...MORE });
    grown.answerInvokes(() => 1);
    const shown = await scene.operator.request("node.describe", { nodeId: node.identity?.id });
    expect(shown.payload).toMatchObject({
      approvalState: "pending-reapproval",
      commands: NODE_COMMANDS.toSorted(),
      pendingDeclaredCommands: [...NODE_COMMANDS, "browser.proxy"].toSorted(),
    });
    expect((await scene.invoke(grown, "system.which")).ok).toBe(true);
    expect((await scene.invoke(grown, "browser.proxy")).error.details.reason).toBe("command not allowlisted");
    const requestId = await pendingRequest(scene.operator, grown);
    await scene.operator.request("node.pair.approve", { requestId });
    expect((await scene.invoke(grown, "browser.proxy")).ok).toBe(true);
  });

  test("that shrinks needs nobody, and a pending request for more is withdrawn", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    const identity = node.identity ?? null;
    await scene.leave(node);
    await scene.leave(await scene.join({ identity, ...MORE }));
    const small = await scene.join({ identity, commands: ["system.which"] });
    expect(await pendingRequest(scene.operator, small)).toBeUndefined();
    expect(await scene.operator.event("node.pair.resolved", (p) => p.decision === "rejected")).toBeDefined();
    expect((await scene.invoke(small, "system.run", { command: ["x"] })).error.details.reason).toBe(
      "command not declared by node",
    );
  });

  test("with fewer caps is asked about again in 2026.6 and only there; what was approved works meanwhile", async () => {
    for (const era of ["2026.9", "2026.6", "2026.3"] as const) {
      await using scene = await startScene({ era });
      const node = await scene.node(MORE);
      await scene.leave(node);
      const commands = ["system.which"];
      const small = await scene.join({ identity: node.identity ?? null, caps: ["system"], commands });
      small.answerInvokes(() => 1);
      const { pending } = (await scene.operator.request("node.pair.list", {})).payload;
      expect(pending).toMatchObject(era === "2026.6" ? [{ caps: ["system"], commands }] : []);
      expect((await scene.invoke(small, "system.which")).ok).toBe(true);
    }
  });

  test("is asked about once only in 2026.3", async () => {
    await using scene = await startScene({ era: "2026.3" });
    const node = await scene.node();
    await scene.leave(node);
    const grown = await scene.join({ identity: node.identity ?? null, ...MORE });
    expect(await pendingRequest(scene.operator, grown)).toBeUndefined();
    expect((await scene.invoke(grown, "browser.proxy")).error.details.reason).toBe(
      "command not declared by node",
    );
  });

  test("keeps its request over a reconnect, for ever in 2026.9 and five minutes in 2026.6", async () => {
    for (const [era, stays] of [
      ["2026.9", true],
      ["2026.6", false],
    ] as const) {
      let now = Date.now();
      await using scene = await startScene({ era, clock: () => now });
      const node = await scene.join();
      const first = await pendingRequest(scene.operator, node);
      await scene.leave(node);
      const again = await scene.join({ identity: node.identity ?? null });
      expect(await pendingRequest(scene.operator, again)).toBe(first);
      now += 300_001;
      expect(await pendingRequest(scene.operator, again)).toBe(stays ? first : undefined);
    }
  });

  test("that was rejected stays closed; the node is not told and asks at its next connect", async () => {
    await using scene = await startScene();
    const node = await scene.join();
    const requestId = await pendingRequest(scene.operator, node);
    expect((await scene.operator.request("node.pair.reject", { requestId })).payload).toEqual({
      requestId,
      nodeId: node.identity?.id,
    });
    const shown = await scene.operator.request("node.describe", { nodeId: node.identity?.id });
    expect(shown.payload.approvalState).toBe("unapproved");
    expect(node.events("node.pair.resolved")).toEqual([]);
    await scene.leave(node);
    const again = await scene.join({ identity: node.identity ?? null });
    expect(await pendingRequest(scene.operator, again)).not.toBe(requestId);
  });

  test("needs an administrator when programs can be run with it", async () => {
    await using scene = await startScene();
    const node = await scene.join();
    const weak = await scene.join({ role: "operator", scopes: ["operator.pairing"] });
    const requestId = await pendingRequest(scene.operator, node);
    expect((await weak.request("node.pair.approve", { requestId })).error).toEqual({
      code: "FORBIDDEN",
      message: "missing scope: operator.admin",
      details: {
        code: "MISSING_SCOPE",
        missingScope: "operator.admin",
        requiredScopes: ["operator.pairing", "operator.admin"],
      },
    });
    await scene.leave(node);
    const harmless = await scene.join({ commands: [], caps: [] });
    const other = await pendingRequest(scene.operator, harmless);
    expect((await weak.request("node.pair.approve", { requestId: other })).ok).toBe(true);
  });
});

describe("a second connection of a node", () => {
  test("takes over; the first stays open and is not listened to", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    const second = await scene.join({ identity: node.identity ?? null });
    second.answerInvokes(() => "second");
    expect((await scene.invoke(node, "system.which")).payload.payload).toBe("second");
    expect((await node.request("skills.bins", {})).error.message).toBe(
      "node pairing changed before request dispatch",
    );
    await scene.leave(node);
    expect((await scene.invoke(node, "system.which")).payload.payload).toBe("second");
  });

  test("is forgotten in 2026.3 when the first one ends", async () => {
    await using scene = await startScene({ era: "2026.3" });
    const node = await scene.node();
    const second = await scene.join({ identity: node.identity ?? null });
    await scene.leave(node);
    const answer = await scene.invoke(second, "system.which");
    expect(answer.error).toMatchObject({ message: "node not connected", details: { code: "NOT_CONNECTED" } });
  });
});

describe("the name of a node", () => {
  test("is what an operator gave it", async () => {
    await using scene = await startScene();
    const node = await scene.node({ displayName: "n1" });
    const nodeId = node.identity?.id;
    const renamed = await scene.operator.request("node.rename", { nodeId, displayName: " Kitchen " });
    expect(renamed.payload).toEqual({ nodeId, displayName: "Kitchen" });
    const { nodes } = (await scene.operator.request("node.list", {})).payload;
    expect(nodes[0].displayName).toBe("Kitchen");
    expect((await scene.operator.request("node.rename", { nodeId, displayName: " " })).error.message).toBe(
      "displayName required",
    );
  });

  test("orders the list behind the connected ones", async () => {
    await using scene = await startScene();
    const offline = await scene.node({ displayName: "aaa" });
    await scene.node({ displayName: "ccc" });
    await scene.node({ displayName: "bbb" });
    await scene.leave(offline);
    const { nodes } = (await scene.operator.request("node.list", {})).payload;
    expect(nodes.map((node: { displayName: string }) => node.displayName)).toEqual(["bbb", "ccc", "aaa"]);
  });
});
