import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { deviceSignaturePayload, type ConnectParams } from "@openclaw/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deviceIdOf, deviceProblem, rawPublicKey } from "./device-auth.ts";
import { ERA_RULES, ERAS } from "./era.ts";

interface Vector {
  readonly version: "v1" | "v2" | "v3";
  readonly input: {
    readonly clientId: "node-host";
    readonly clientMode: "node";
    readonly role: "node";
    readonly scopes: readonly string[];
    readonly signedAt: number;
    readonly token?: string;
    readonly nonce: string;
    readonly platform: string;
    readonly deviceFamily?: string;
  };
  readonly payload: string;
  readonly signature: string;
}

const file = JSON.parse(
  readFileSync(new URL("./fixtures/device-signature-vectors.json", import.meta.url), "utf8"),
) as {
  readonly deviceId: string;
  readonly publicKeyRawBase64Url: string;
  readonly publicKeyPem: string;
  readonly privateKeyPem: string;
  readonly vectors: readonly Vector[];
};

function paramsOf({
  input,
  signature,
}: Vector): ConnectParams & { device: NonNullable<ConnectParams["device"]> } {
  const {
    clientId: id,
    clientMode: mode,
    platform,
    deviceFamily,
    role,
    scopes,
    signedAt,
    token,
    nonce,
  } = input;
  return {
    minProtocol: 3,
    maxProtocol: 4,
    client: { id, mode, version: "1", platform, deviceFamily },
    role,
    scopes,
    ...(token === undefined ? {} : { auth: { token } }),
    device: { id: file.deviceId, publicKey: file.publicKeyRawBase64Url, signature, signedAt, nonce },
  };
}

function problemOf(
  vector: Vector,
  edit: object = {},
  now = vector.input.signedAt,
  era = ERA_RULES["2026.9"],
) {
  const params = paramsOf(vector);
  const device = { ...params.device, ...edit };
  return deviceProblem({ ...params, device }, device, vector.input.nonce, now, era)?.reason;
}

describe("recorded signatures", () => {
  test("the fixture has every version", () => {
    expect(new Set(file.vectors.map(({ version }) => version))).toEqual(new Set(["v1", "v2", "v3"]));
  });

  test.each(file.vectors.map((vector, index) => ({ index, vector })))(
    "vector $index holds in the eras that know its version",
    ({ vector }) => {
      for (const era of ERAS) {
        const known = (ERA_RULES[era].signatures as readonly string[]).includes(vector.version);
        const reason = problemOf(vector, {}, vector.input.signedAt, ERA_RULES[era]);
        expect(reason, era).toBe(known ? undefined : "device-signature");
      }
    },
  );
});

describe("a device object that is not what it claims", () => {
  const vector = file.vectors.find(({ version }) => version === "v2") as Vector;

  test.each([
    ["another id", { id: "0".repeat(64) }, "device-id-mismatch"],
    ["a key that is none", { publicKey: "zz" }, "device-id-mismatch"],
    ["an empty key", { publicKey: "" }, "device-id-mismatch"],
    [
      "a broken PEM",
      { publicKey: "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----" },
      "device-id-mismatch",
    ],
    ["another nonce", { nonce: "x" }, "device-nonce-mismatch"],
    ["a blank nonce", { nonce: " " }, "device-nonce-missing"],
    ["another signature", { signature: "A".repeat(86) }, "device-signature"],
    ["no signature at all", { signature: "!" }, "device-signature"],
  ])("%s", (_name, edit, reason) => {
    expect(problemOf(vector, edit)).toBe(reason);
  });

  test("a key in PEM is taken too", () => {
    expect(problemOf(vector, { publicKey: file.publicKeyPem })).toBeUndefined();
    expect(deviceIdOf(rawPublicKey(file.publicKeyPem) ?? Buffer.alloc(0))).toBe(file.deviceId);
  });

  test("the time may be off by two minutes, by ten in the oldest era", () => {
    const at = vector.input.signedAt;
    for (const [era, window] of [
      ["2026.9", 120_000],
      ["2026.2", 600_000],
    ] as const) {
      for (const way of [-1, 1]) {
        expect(problemOf(vector, {}, at + way * window, ERA_RULES[era])).toBeUndefined();
        expect(problemOf(vector, {}, at + way * (window + 1), ERA_RULES[era])).toBe("device-signature-stale");
      }
    }
  });

  test("an absent nonce is a wrong signature where it may be absent, even when it is signed", () => {
    const params = paramsOf(vector);
    const { clientId, clientMode, role, scopes, signedAt, token, platform, deviceFamily } = vector.input;
    const signed = { clientId, clientMode, role, scopes, signedAt, token, platform, deviceFamily };
    const payload = deviceSignaturePayload("v2", { ...signed, deviceId: file.deviceId, nonce: " " });
    const signature = sign(null, Buffer.from(payload), createPrivateKey(file.privateKeyPem)).toString(
      "base64url",
    );
    const device = { ...params.device, nonce: " ", signature };
    const problem = deviceProblem({ ...params, device }, device, " ", signedAt, ERA_RULES["2026.2"]);
    expect(problem?.reason).toBe("device-signature");
  });

  test("no change of a signed field goes unnoticed", () => {
    const params = paramsOf(vector);
    const changes: fc.Arbitrary<Partial<ConnectParams>> = fc.oneof(
      fc.string({ minLength: 1 }).map((token) => ({ auth: { token: `${token}x` } })),
      fc.array(fc.string({ minLength: 1 }), { minLength: 1 }).map((scopes) => ({ scopes })),
      fc.constant({ role: "operator" as const }),
      fc.constant({ client: { ...params.client, id: "cli" as const } }),
      fc.constant({ client: { ...params.client, mode: "cli" as const } }),
    );
    fc.assert(
      fc.property(changes, (change) => {
        const { nonce, signedAt } = vector.input;
        const problem = deviceProblem(
          { ...params, ...change },
          params.device,
          nonce,
          signedAt,
          ERA_RULES["2026.9"],
        );
        expect(problem?.reason).toBe("device-signature");
      }),
    );
  });
});
