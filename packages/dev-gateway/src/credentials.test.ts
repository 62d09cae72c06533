import { describe, expect, test } from "vitest";
import { newIdentity } from "./testing/client.test.support.ts";
import { REMOTE, startScene } from "./testing/scene.test.support.ts";

describe("the shared password", () => {
  test("is accepted beside the token, and named in refusals", async () => {
    await using scene = await startScene({ token: "t", password: "p" });
    const withPassword = (password: string) => ({
      token: undefined,
      edit: (params: object) => ({ ...params, auth: { password } }),
    });
    const right = await scene.join(withPassword("p"));
    expect(right.hello.auth.method).toBe("password");
    const wrong = await scene.join(withPassword("x"));
    expect(wrong.error.message).toBe(
      "unauthorized: gateway password mismatch (provide gateway auth password)",
    );
    expect(wrong.error.details.code).toBe("AUTH_PASSWORD_MISMATCH");
    const missing = await scene.join({ token: undefined });
    expect(missing.error.details.code).toBe("AUTH_PASSWORD_MISSING");
    expect(await missing.closed).toEqual({
      code: 1008,
      reason: "unauthorized: gateway password missing (provide gateway auth password)",
    });
  });
});

describe("a device token", () => {
  test("opens the door for its own device and role only, also from far away", async () => {
    await using scene = await startScene();
    const identity = newIdentity();
    const node = await scene.join({ identity });
    const token = node.hello.auth.deviceToken;
    expect(token).toMatch(/^[\w-]{43}$/);
    const again = await scene.join({ identity, token, ...REMOTE });
    expect(again.hello.auth).toMatchObject({ method: "device-token", deviceToken: token });
    const other = await scene.join({ token });
    expect(other.error.details.code).toBe("AUTH_TOKEN_MISMATCH");
    const otherRole = await scene.join({ role: "operator", identity, token });
    expect(otherRole.error.details.code).toBe("AUTH_TOKEN_MISMATCH");
    const inItsField = await scene.join({
      identity,
      token,
      edit: (params) => ({ ...params, auth: { deviceToken: token } }),
    });
    expect(inItsField.hello.auth.method).toBe("device-token");
    const besideWrong = await scene.join({
      identity,
      token: "wrong",
      edit: (params) => ({ ...params, auth: { token: "wrong", deviceToken: token } }),
    });
    expect(besideWrong.hello.auth.method).toBe("device-token");
  });

  test("in a field of its own is an unknown field to the oldest era", async () => {
    await using scene = await startScene({ era: "2026.2" });
    const refused = await scene.join({
      edit: (params) => ({ ...params, auth: { ...params.auth, deviceToken: "x" } }),
    });
    expect(refused.error).toEqual({
      code: "INVALID_REQUEST",
      message: "invalid connect params: at /auth: unexpected property 'deviceToken'",
    });
  });

  test("rotating changes it and cuts the node off", async () => {
    await using scene = await startScene();
    const identity = newIdentity();
    const node = await scene.join({ identity });
    const old = node.hello.auth.deviceToken;
    const rotated = await scene.operator.request("device.token.rotate", {
      deviceId: identity.id,
      role: "node",
    });
    expect(rotated.payload).toMatchObject({ role: "node", tokenDelivery: "withheld-cross-device" });
    expect(rotated.payload).not.toHaveProperty("token");
    expect(await node.closed).toEqual({ code: 4001, reason: "device removed" });
    expect((await scene.join({ identity, token: old })).error.details.code).toBe("AUTH_TOKEN_MISMATCH");
    const again = await scene.join({ identity });
    expect(again.hello.auth.deviceToken).not.toBe(old);
  });

  test("once revoked, the role has to be approved again", async () => {
    await using scene = await startScene();
    const identity = newIdentity();
    const node = await scene.join({ identity });
    await scene.operator.request("device.token.revoke", { deviceId: identity.id, role: "node" });
    expect((await node.closed).code).toBe(4001);
    const byToken = await scene.join({ identity, token: node.hello.auth.deviceToken });
    expect(byToken.error.details.code).toBe("AUTH_TOKEN_MISMATCH");
    const refused = await scene.join({ identity });
    expect(refused.error.details).toMatchObject({ code: "PAIRING_REQUIRED", reason: "role-upgrade" });
    const { requestId } = refused.error.details;
    await scene.operator.request("device.pair.approve", { requestId });
    expect((await scene.join({ identity })).hello.auth.role).toBe("node");
  });

  test("the oldest era hands the new one out, cuts nobody off, and forgets a revocation", async () => {
    await using scene = await startScene({ era: "2026.2" });
    const identity = newIdentity();
    const node = await scene.join({ identity });
    const call = { deviceId: identity.id, role: "node" };
    const rotated = await scene.operator.request("device.token.rotate", call);
    expect(rotated.payload.token).toMatch(/^[\da-f]{32}$/);
    await scene.operator.request("device.token.revoke", call);
    expect((await node.request("skills.bins", {})).ok).toBe(true);
    const again = await scene.join({ identity });
    expect(again.hello.auth.deviceToken).not.toBe(rotated.payload.token);
  });

  test("only an administrator touches the tokens of nodes", async () => {
    await using scene = await startScene();
    const node = await scene.join();
    const weak = await scene.join({ role: "operator", scopes: ["operator.pairing"] });
    const refused = await weak.request("device.token.rotate", { deviceId: node.identity?.id, role: "node" });
    expect(refused.error).toMatchObject({ code: "FORBIDDEN", details: { missingScope: "operator.admin" } });
  });
});

describe("wrong credentials from one remote address", () => {
  test("lock it out for five minutes, whatever comes then", async () => {
    let now = Date.now();
    await using scene = await startScene({ clock: () => now });
    for (let count = 0; count < 10; count += 1) {
      const wrong = await scene.join({ token: "wrong", ...REMOTE });
      expect(wrong.error.details.code).toBe("AUTH_TOKEN_MISMATCH");
    }
    const right = await scene.join(REMOTE);
    expect(right.error).toMatchObject({
      message: "unauthorized: too many failed authentication attempts (retry later)",
      retryable: true,
      retryAfterMs: 300_000,
      details: { code: "AUTH_RATE_LIMITED", recommendedNextStep: "wait_then_retry" },
    });
    const elsewhere = await scene.join({ headers: { "X-Forwarded-For": "203.0.113.8" } });
    expect(elsewhere.error.details.code).toBe("PAIRING_REQUIRED");
    expect((await scene.join({ token: "wrong" })).error.details.code).toBe("AUTH_TOKEN_MISMATCH");
    now += 300_001;
    expect((await scene.join(REMOTE)).error.details.code).toBe("PAIRING_REQUIRED");
  });

  test("a right one in between starts the count anew, and a missing one does not count", async () => {
    await using scene = await startScene();
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 6; count += 1) await scene.join({ token: "wrong", ...REMOTE });
      for (let count = 0; count < 6; count += 1) await scene.join({ token: undefined, ...REMOTE });
      expect((await scene.join(REMOTE)).error.details.code).toBe("PAIRING_REQUIRED");
    }
  });

  test("are not counted in 2026.3", async () => {
    await using scene = await startScene({ era: "2026.3" });
    for (let count = 0; count < 12; count += 1) await scene.join({ token: "wrong", ...REMOTE });
    expect((await scene.join(REMOTE)).error.details.code).toBe("PAIRING_REQUIRED");
  });
});

describe("an operator without a device", () => {
  const backend = { id: "gateway-client", mode: "backend" };

  test.each([
    ["2026.9", {}, {}, ["operator.read"]],
    ["2026.9", REMOTE, {}, []],
    ["2026.6", {}, {}, []],
    ["2026.6", {}, backend, ["operator.read"]],
    ["2026.6", REMOTE, backend, []],
    ["2026.2", {}, {}, ["operator.read"]],
  ] as const)("in %s with %j as %j has the scopes %j", async (era, where, client, scopes) => {
    await using scene = await startScene({ era });
    const setup = { role: "operator", identity: null, scopes: ["operator.read"], client, ...where };
    const operator = await scene.join(setup);
    const allowed = (await operator.request("node.list", {})).ok;
    expect(allowed).toBe(scopes.length > 0);
  });
});
