// First frames that a Gateway must refuse (and a few neighbors that it must not), as data.
// Each case starts from the valid frame of the raw client and spoils one thing.
import type { InvalidFrameCase } from "./invalid-frames.ts";
import { newIdentity, signFields } from "./raw-identity.ts";
import { connectParams } from "./raw-client.ts";
import type { ConnectOptions } from "./raw-client.ts";
import type { Json } from "./raw-socket.ts";

/** Over the 64 KiB that a Gateway takes before hello, under the 512 KiB of the oldest. */
const OVERSIZED = 70_000;

export const CONNECT_CASES: readonly InvalidFrameCase[] = [
  raw("first frame is another method", () => ({ type: "req", id: "1", method: "health", params: {} })),
  raw("first frame is no request", () => ({ type: "event", event: "tick" })),
  raw("first frame is a response", () => ({ type: "res", id: "1", ok: true })),
  raw("first frame is not JSON", () => "hello"),
  raw("first frame is a JSON array", () => "[]"),
  raw("first frame is binary", (valid) => Buffer.from(JSON.stringify(valid))),
  raw("id is a number", (valid) => ({ ...valid, id: 7 })),
  raw("id is empty", (valid) => ({ ...valid, id: "" })),
  raw("id is missing", ({ type, method, params }) => ({ type, method, params })),
  raw("unknown field in the frame", (valid) => ({ ...valid, extra: 1 })),
  raw("params are missing", ({ type, id, method }) => ({ type, id, method })),
  raw("params are null", (valid) => ({ ...valid, params: null })),
  raw("params are an array", (valid) => ({ ...valid, params: [] })),
  raw("over 64 KiB before hello", (valid) => ({
    ...valid,
    params: { ...valid.params, userAgent: "x".repeat(OVERSIZED) },
  })),

  node("unknown top-level field", (p) => ({ ...p, extra: 1 })),
  node("unknown field in client", (p) => ({ ...p, client: { ...p.client, extra: 1 } })),
  node("unknown field in auth", (p) => ({ ...p, auth: { ...p.auth, extra: 1 } })),
  node("unknown field in device", (p) => ({ ...p, device: { ...p.device, extra: 1 } })),
  node("deviceToken in auth", (p) => ({ ...p, auth: { ...p.auth, deviceToken: "no-such-token" } })),
  node("displayName is empty", (p) => ({ ...p, client: { ...p.client, displayName: "" } })),
  node("displayName is null", (p) => ({ ...p, client: { ...p.client, displayName: null } })),
  node("displayName is a number", (p) => ({ ...p, client: { ...p.client, displayName: 7 } })),
  node("instanceId is empty", (p) => ({ ...p, client: { ...p.client, instanceId: "" } })),
  node("pathEnv is null", (p) => ({ ...p, pathEnv: null })),
  node("commands are null", (p) => ({ ...p, commands: null })),
  node("a command is empty", (p) => ({ ...p, commands: [""] })),
  node("a command is a number", (p) => ({ ...p, commands: [7] })),
  node("client is missing", (p) => ({ ...p, client: undefined })),
  node("client.version is empty", (p) => ({ ...p, client: { ...p.client, version: "" } })),
  node("client.platform is missing", (p) => ({ ...p, client: { ...p.client, platform: undefined } })),
  node("client.id is unknown", (p) => ({ ...p, client: { ...p.client, id: "bogus" } })),
  node("client.mode is unknown", (p) => ({ ...p, client: { ...p.client, mode: "bogus" } })),
  node("protocol 5 to 6", (p) => ({ ...p, minProtocol: 5, maxProtocol: 6 })),
  node("protocol 1 to 2", (p) => ({ ...p, minProtocol: 1, maxProtocol: 2 })),
  node("protocol is a string", (p) => ({ ...p, minProtocol: "3" })),
  node("protocol 0", (p) => ({ ...p, minProtocol: 0 })),
  node("role is unknown", (p) => ({ ...p, role: "bogus" })),
  node("role is missing", (p) => ({ ...p, role: undefined })),
  operator("a scope is unknown", { scopes: ["operator.read", "operator.bogus"] }),

  node("device is missing, role node", (p) => ({ ...p, device: undefined })),
  operator("device is missing, role operator", { identity: null }),
  node("device is null", (p) => ({ ...p, device: null })),
  node("signature is wrong", (p) => ({ ...p, device: { ...p.device, signature: "A".repeat(86) } })),
  node("signature is garbage", (p) => ({ ...p, device: { ...p.device, signature: "!" } })),
  signed("signature is v1", "v1"),
  signed("signature is v3", "v3"),
  node("signature is of another frame", (p) => ({ ...p, scopes: ["operator.admin"] })),
  shifted("signed 10 minutes ago", -600_000, (nonce) => nonce),
  shifted("signed in 10 minutes", 600_000, (nonce) => nonce),
  shifted("nonce is wrong", 0, () => "00000000-0000-4000-8000-000000000000"),
  node("nonce is missing", (p) => ({ ...p, device: { ...p.device, nonce: undefined } })),
  node("nonce is empty", (p) => ({ ...p, device: { ...p.device, nonce: "" } })),
  node("public key is garbage", (p) => ({ ...p, device: { ...p.device, publicKey: "garbage" } })),
  node("public key is another device's", (p) => ({
    ...p,
    device: { ...p.device, publicKey: newIdentity().publicKey },
  })),
  node("device id is another device's", (p) => ({ ...p, device: { ...p.device, id: newIdentity().id } })),

  connect("token is wrong, role node", "node", { token: "wrong" }),
  connect("token is wrong, role operator", "operator", { token: "wrong" }),
  connect("token is wrong, no device", "operator", { token: "wrong", identity: null }),
  connect("auth is missing, role node", "node", {}, false),
  connect("auth is missing, role operator", "operator", {}, false),
  connect("token is empty", "node", { token: "" }),
  {
    name: "the token as password",
    role: "node",
    when: "first",
    // The signature covers a token, never a password.
    frames: ({ challenge, token, identity }) => [
      connectFrame({
        ...connectParams(challenge, { role: "node", identity }),
        auth: { password: token },
      }),
    ],
  },
  connect("password in token mode", "node", { edit: (p) => ({ ...p, auth: { password: "wrong" } }) }, false),
  { ...connect("foreign origin, role node", "node", {}), headers: { Origin: "https://example.com" } },
  { ...connect("foreign origin, role operator", "operator", {}), headers: { Origin: "https://example.com" } },
];

/** A valid node frame with its params spoiled after they were signed. */
function node(name: string, edit: (params: Json) => Json): InvalidFrameCase {
  return connect(name, "node", { edit });
}

function operator(name: string, options: Partial<ConnectOptions>): InvalidFrameCase {
  return connect(name, "operator", options);
}

function signed(name: string, signature: "v1" | "v3"): InvalidFrameCase {
  return connect(name, "node", { signature });
}

/** A frame as `connectRaw` sends it, with other options; `withToken: false` sends no `auth`. */
function connect(
  name: string,
  role: "node" | "operator",
  options: Partial<ConnectOptions>,
  withToken = true,
): InvalidFrameCase {
  return {
    name,
    role,
    when: "first",
    frames: ({ challenge, token, identity }) => {
      const base = { role, identity, ...(withToken ? { token } : {}) };
      return [connectFrame(connectParams(challenge, { ...base, ...options }))];
    },
  };
}

/** The valid node frame is at hand; what is sent may be anything. */
function raw(name: string, frame: (connectRequest: Json) => unknown): InvalidFrameCase {
  return {
    name,
    role: "node",
    when: "first",
    frames: ({ challenge, token, identity }) => [
      frame(connectFrame(connectParams(challenge, { role: "node", token, identity }))),
    ],
  };
}

/** Honestly signed, but at another time or over another nonce. */
function shifted(name: string, byMs: number, nonceOf: (nonce: string) => string): InvalidFrameCase {
  return {
    name,
    role: "node",
    when: "first",
    frames: ({ challenge, token, identity }) => {
      const { client, ...params } = connectParams(challenge, { role: "node", token, identity });
      const signedAt = challenge.ts + byMs;
      const nonce = nonceOf(challenge.nonce);
      const { id: clientId, mode: clientMode, platform, deviceFamily } = client;
      const fields = {
        clientId,
        clientMode,
        platform,
        deviceFamily,
        role: "node",
        scopes: [],
        signedAt,
        token,
        nonce,
      };
      const signature = signFields(identity, "v2", fields);
      return [connectFrame({ ...params, client, device: { ...params.device, signedAt, nonce, signature } })];
    },
  };
}

function connectFrame(params: Json): Json {
  return { type: "req", id: "1", method: "connect", params };
}
