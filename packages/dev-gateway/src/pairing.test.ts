import { describe, expect, test } from "vitest";
import { newIdentity } from "./testing/client.test.support.ts";
import { REMOTE, startScene } from "./testing/scene.test.support.ts";

describe("a remote device", () => {
  test("waits with one request for five minutes, then with another", async () => {
    let now = Date.now();
    await using scene = await startScene({ clock: () => now });
    const identity = newIdentity();
    const first = await scene.join({ identity, displayName: "far", ...REMOTE });
    const { requestId } = first.error.details;
    expect(first.error).toEqual({
      code: "NOT_PAIRED",
      message: "pairing required: device is not approved yet",
      details: {
        code: "PAIRING_REQUIRED",
        reason: "not-paired",
        requestId,
        remediationHint: "Approve this device from the pending pairing requests.",
        deviceId: identity.id,
        requestedRole: "node",
      },
    });
    expect(await first.closed).toEqual({
      code: 1008,
      reason: `pairing required: device is not approved yet (requestId: ${requestId})`,
    });
    now += 299_999;
    expect((await scene.join({ identity, ...REMOTE })).error.details.requestId).toBe(requestId);
    now += 1;
    const later = await scene.join({ identity, ...REMOTE });
    expect(later.error.details.requestId).not.toBe(requestId);
    expect((await scene.operator.request("device.pair.approve", { requestId })).error.message).toBe(
      "unknown requestId",
    );
    const { pending } = (await scene.operator.request("device.pair.list", {})).payload;
    expect(pending).toHaveLength(1);
    expect(pending[0]).toMatchObject({ deviceId: identity.id, remoteIp: "203.0.113.7", isRepair: false });
  });

  test("gets in after approval, with a token of its own", async () => {
    await using scene = await startScene();
    const identity = newIdentity();
    const { requestId } = (await scene.join({ identity, ...REMOTE })).error.details;
    expect(await scene.operator.event("device.pair.requested")).toMatchObject({ requestId });
    const approved = await scene.operator.request("device.pair.approve", { requestId });
    expect(approved.payload).toMatchObject({
      requestId,
      device: { deviceId: identity.id, approvedVia: "owner" },
    });
    expect(JSON.stringify(approved)).not.toContain('"token"');
    expect(
      await scene.operator.event("device.pair.resolved", (p) => p.requestId === requestId),
    ).toMatchObject({
      decision: "approved",
    });
    const node = await scene.join({ identity, ...REMOTE });
    expect(node.hello.auth.deviceToken).toHaveLength(43);
    expect(scene.events).toContainEqual(
      expect.objectContaining({ type: "pairing-requested", requestId, reason: "not-paired" }),
    );
  });

  test("may not get more scopes than the one who lets it in holds", async () => {
    await using scene = await startScene();
    const far = await scene.join({
      role: "operator",
      scopes: ["operator.read", "operator.write"],
      ...REMOTE,
    });
    const { requestId } = far.error.details;
    const weak = await scene.join({ role: "operator", scopes: ["operator.pairing", "operator.read"] });
    expect((await weak.request("device.pair.approve", { requestId })).error).toEqual({
      code: "INVALID_REQUEST",
      message: "missing scope: operator.write",
    });
    expect((await scene.operator.request("device.pair.approve", { requestId })).ok).toBe(true);
  });

  test("is turned away once rejected, and may ask again", async () => {
    await using scene = await startScene();
    const identity = newIdentity();
    const { requestId } = (await scene.join({ identity, ...REMOTE })).error.details;
    const rejected = await scene.operator.request("device.pair.reject", { requestId });
    expect(rejected.payload).toEqual({ requestId, deviceId: identity.id });
    const again = await scene.join({ identity, ...REMOTE });
    expect(again.error.details.requestId).not.toBe(requestId);
  });

  test("any forwarding header, a foreign host and the caller's own rule make it remote", async () => {
    await using scene = await startScene();
    for (const headers of [
      { "X-Real-IP": "203.0.113.9" },
      { Forwarded: "for=203.0.113.9" },
      { "X-Forwarded-Proto": "https" },
      { Host: "gateway.example" },
    ]) {
      expect((await scene.join({ headers })).error?.code, JSON.stringify(headers)).toBe("NOT_PAIRED");
    }
    await using trusting = await startScene({ treatAsRemote: () => false });
    expect((await trusting.join(REMOTE)).hello.type).toBe("hello-ok");
  });
});

describe("a paired device that changes", () => {
  test.each([
    ["2026.9", "metadata-upgrade", undefined],
    ["2026.6", "metadata-upgrade", "metadata-upgrade"],
    ["2026.3", "metadata-upgrade", "metadata-upgrade"],
    ["2026.2", undefined, undefined],
  ] as const)("in %s its platform: %s, its family left out: %s", async (era, platform, family) => {
    await using scene = await startScene({ era });
    const identity = newIdentity();
    await scene.join({ identity });
    const moved = await scene.join({ identity, client: { platform: "macos", deviceFamily: "Mac" } });
    expect(moved.error?.details?.reason).toBe(platform);
    const bare = await scene.join({
      identity,
      edit: ({ client: { deviceFamily: _family, ...client }, ...params }) => ({ ...params, client }),
    });
    expect(bare.error?.details?.reason).toBe(family);
  });

  test("is let in under the new platform once approved", async () => {
    await using scene = await startScene();
    const identity = newIdentity();
    await scene.join({ identity });
    const client = { platform: "macos", deviceFamily: "Mac" };
    const { requestId } = (await scene.join({ identity, client })).error.details;
    await scene.operator.request("device.pair.approve", { requestId });
    expect((await scene.join({ identity, client })).hello.type).toBe("hello-ok");
    expect((await scene.join({ identity })).error.details.reason).toBe("metadata-upgrade");
  });

  test.each([
    ["2026.9", "role-upgrade", undefined],
    ["2026.6", "role-upgrade", "scope-upgrade"],
    ["2026.3", "role-upgrade", "scope-upgrade"],
    ["2026.2", undefined, undefined],
  ] as const)("in %s another role: %s, more scopes: %s", async (era, role, scopes) => {
    await using scene = await startScene({ era });
    const node = newIdentity();
    await scene.join({ identity: node });
    expect((await scene.join({ role: "operator", identity: node })).error?.details?.reason).toBe(role);
    const operator = newIdentity();
    await scene.join({ role: "operator", identity: operator, scopes: ["operator.read"] });
    expect((await scene.join({ role: "operator", identity: operator })).error?.details?.reason).toBe(scopes);
  });

  test("fewer scopes need nothing, and write covers read", async () => {
    await using scene = await startScene({ era: "2026.6" });
    const identity = newIdentity();
    await scene.join({ role: "operator", identity, scopes: ["operator.write"] });
    const less = await scene.join({ role: "operator", identity, scopes: ["operator.read"] });
    expect(less.error).toBeUndefined();
  });
});

describe("removing", () => {
  test("a device closes its sockets and forgets its surface", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    const deviceId = node.identity?.id;
    expect((await scene.operator.request("device.pair.remove", { deviceId })).payload).toEqual({ deviceId });
    expect(await node.closed).toEqual({ code: 4001, reason: "device removed" });
    const lists = await scene.operator.request("node.pair.list", {});
    expect(lists.payload).toEqual({ pending: [], paired: [] });
    expect((await scene.operator.request("device.pair.remove", { deviceId })).error.message).toBe(
      "unknown deviceId",
    );
  });

  test("a node takes its device with it, in 2026.6 only its surface", async () => {
    for (const [era, left] of [
      ["2026.9", 1],
      ["2026.6", 2],
    ] as const) {
      await using scene = await startScene({ era });
      const node = await scene.node();
      const nodeId = node.identity?.id;
      expect((await scene.operator.request("node.pair.remove", { nodeId })).payload).toEqual({ nodeId });
      expect((await node.closed).code).toBe(4001);
      const { paired } = (await scene.operator.request("device.pair.list", {})).payload;
      expect(paired).toHaveLength(left);
    }
  });

  test("the methods of removal are unknown where they did not exist", async () => {
    await using old = await startScene({ era: "2026.2" });
    for (const method of ["device.pair.remove", "node.pair.remove"]) {
      expect((await old.operator.request(method, {})).error.message).toBe(`unknown method: ${method}`);
    }
  });
});
