import { connectParamsSchema, deviceSignaturePayload, parseWith } from "@openclaw/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildConnectParams, isPresent, type ClientProfile } from "./connect-frame.ts";
import { IDENTITY, NODE_PROFILE } from "./node-profile.test.support.ts";
import { CHALLENGE } from "./scripted-gateway.test.support.ts";

const OPERATOR: ClientProfile = {
  id: "cli",
  mode: "cli",
  role: "operator",
  version: "1.2.3",
  platform: "linux",
  deviceFamily: "Linux",
  scopes: ["operator.read", "operator.admin"],
  caps: [],
};

describe("the connect frame", () => {
  it("of a node with a token is exactly this", () => {
    const params = buildConnectParams(NODE_PROFILE, IDENTITY, { token: "s3cret" }, CHALLENGE);
    expect(params).toStrictEqual({
      minProtocol: 3,
      maxProtocol: 4,
      client: {
        id: "node-host",
        mode: "node",
        version: "1.2.3",
        platform: "linux",
        deviceFamily: "Linux",
        displayName: "a box",
        instanceId: "34e33c07-dfa2-4bd7-9a25-27768aca0bb1",
      },
      role: "node",
      scopes: [],
      caps: ["system"],
      commands: ["system.run", "system.which"],
      pathEnv: "/usr/bin:/bin",
      auth: { token: "s3cret" },
      device: {
        id: IDENTITY.deviceId,
        publicKey: IDENTITY.publicKey,
        signature: IDENTITY.sign(
          `v2|${IDENTITY.deviceId}|node-host|node|node||${CHALLENGE.ts}|s3cret|${CHALLENGE.nonce}`,
        ),
        signedAt: CHALLENGE.ts,
        nonce: CHALLENGE.nonce,
      },
    });
  });

  it("of an operator has no commands and no path, and signs its scopes in the order sent", () => {
    const params = buildConnectParams(OPERATOR, IDENTITY, {}, CHALLENGE);
    expect(Object.keys(params)).toEqual([
      "minProtocol",
      "maxProtocol",
      "client",
      "role",
      "scopes",
      "caps",
      "device",
    ]);
    expect(params.scopes).toEqual(["operator.read", "operator.admin"]);
    expect(params.device?.signature).toBe(
      IDENTITY.sign(
        `v2|${IDENTITY.deviceId}|cli|cli|operator|operator.read,operator.admin|${CHALLENGE.ts}||${CHALLENGE.nonce}`,
      ),
    );
  });

  it("with a password sends it and signs an empty field", () => {
    const params = buildConnectParams(NODE_PROFILE, IDENTITY, { password: "pw" }, CHALLENGE);
    expect(params.auth).toStrictEqual({ password: "pw" });
    expect(params.device?.signature).toBe(
      IDENTITY.sign(`v2|${IDENTITY.deviceId}|node-host|node|node||${CHALLENGE.ts}||${CHALLENGE.nonce}`),
    );
  });

  it("presents one credential, the token before the password", () => {
    const both = buildConnectParams(NODE_PROFILE, IDENTITY, { token: "t", password: "p" }, CHALLENGE);
    expect(both.auth).toStrictEqual({ token: "t" });
    const empty = buildConnectParams(NODE_PROFILE, IDENTITY, { token: "", password: "p" }, CHALLENGE);
    expect(empty.auth).toStrictEqual({ password: "p" });
    expect(buildConnectParams(NODE_PROFILE, IDENTITY, { token: "" }, CHALLENGE)).not.toHaveProperty("auth");
    expect([isPresent({}), isPresent({ token: "" }), isPresent({ password: "p" })]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("signs version 3 on demand, with platform and family", () => {
    const params = buildConnectParams(NODE_PROFILE, IDENTITY, {}, CHALLENGE, { signatureVersion: "v3" });
    expect(params.device?.signature).toBe(
      IDENTITY.sign(
        `v3|${IDENTITY.deviceId}|node-host|node|node||${CHALLENGE.ts}||${CHALLENGE.nonce}|linux|linux`,
      ),
    );
  });

  it("leaves fields out that a Gateway refused", () => {
    const params = buildConnectParams(NODE_PROFILE, IDENTITY, {}, CHALLENGE, {
      omit: ["displayName", "pathEnv"],
    });
    expect(params.client).not.toHaveProperty("displayName");
    expect(params.client).toHaveProperty("instanceId");
    expect(params).not.toHaveProperty("pathEnv");
  });

  it("passes every Gateway's closed schema, whatever the texts are", () => {
    const text = fc.option(fc.string(), { nil: undefined });
    fc.assert(
      fc.property(text, text, text, text, text, (displayName, instanceId, pathEnv, token, password) => {
        const params = buildConnectParams(
          { ...NODE_PROFILE, displayName, instanceId, pathEnv },
          IDENTITY,
          { token, password },
          CHALLENGE,
        );
        const wire: unknown = JSON.parse(JSON.stringify(params));
        expect(parseWith(connectParamsSchema, wire, "connect")).toMatchObject({ ok: true });
        // No field is there with nothing in it.
        expect(wire).toStrictEqual(params);
        const { client, auth = {}, ...rest } = params;
        expect([client, auth, rest].flatMap((part) => Object.values(part))).not.toContain("");
        expect(params.device?.signature).toBe(
          IDENTITY.sign(
            deviceSignaturePayload("v2", {
              deviceId: IDENTITY.deviceId,
              clientId: "node-host",
              clientMode: "node",
              role: "node",
              scopes: [],
              signedAt: CHALLENGE.ts,
              token: params.auth?.token,
              nonce: CHALLENGE.nonce,
            }),
          ),
        );
      }),
    );
  });
});
