// A small Gateway client for experiments and tests, as node or as operator, independent of the
// product code: it waits for the challenge, signs the connect frame, and keeps every frame.
import { newIdentity, signFields } from "./raw-identity.ts";
import type { RawIdentity, SignatureVersion } from "./raw-identity.ts";
import { openRawSocket } from "./raw-socket.ts";
import type { CloseInfo, Json, RawSocket } from "./raw-socket.ts";

/** All the scopes an operator asks for once (protocol section 6.1). */
export const OPERATOR_SCOPES: readonly string[] = [
  "operator.admin",
  "operator.approvals",
  "operator.pairing",
  "operator.read",
  "operator.write",
];

/** What a plain headless node declares. */
export const NODE_COMMANDS: readonly string[] = [
  "system.run",
  "system.run.prepare",
  "system.which",
  "system.execApprovals.get",
  "system.execApprovals.set",
];

export type RawRole = "operator" | "node";

export interface ConnectOptions {
  readonly role: RawRole;
  /** Shared or device token; absent sends no `auth` at all. */
  readonly token?: string;
  /** `null` sends no `device` at all; absent makes a new identity. */
  readonly identity?: RawIdentity | null;
  readonly scopes?: readonly string[];
  readonly caps?: readonly string[];
  readonly commands?: readonly string[];
  readonly displayName?: string;
  readonly signature?: SignatureVersion;
  /** Last change to the params, after they were signed. */
  readonly edit?: (params: Json) => Json;
}

export interface RawAnswer {
  readonly ok: boolean;
  readonly payload?: Json;
  readonly error?: Json;
}

export interface RawClient {
  readonly socket: RawSocket;
  readonly identity: RawIdentity | undefined;
  /** The `hello-ok` payload, or undefined when the Gateway refused. */
  readonly hello: Json;
  /** The refusal, or undefined after a hello. */
  readonly error: Json;
  request(method: string, params?: unknown, limitMs?: number): Promise<RawAnswer>;
  /** The first event of this name, past or future, that fits. */
  event(name: string, fits?: (payload: Json) => boolean, limitMs?: number): Promise<Json>;
  /** Payloads of the events of this name so far. */
  events(name: string): Json[];
  /** Answers invokes from now on (earlier ones too). The handler's value becomes the payload; `{error}` an error. */
  answerInvokes(handler: (invoke: RawInvoke) => Json): void;
  close(): Promise<CloseInfo>;
}

export interface RawInvoke {
  readonly id: string;
  readonly command: string;
  readonly params: Json;
  readonly frame: Json;
}

/** Connects and resolves with a hello or with the Gateway's refusal; rejects when the socket fails. */
export async function connectRaw(url: string, options: ConnectOptions): Promise<RawClient> {
  const socket = await openRawSocket({ url });
  const challenge = await socket.frame((f) => f.event === "connect.challenge", {
    what: "challenge",
  });
  const identity = options.identity === null ? undefined : (options.identity ?? newIdentity());
  const params = connectParams(challenge.payload, { ...options, identity: identity ?? null });
  socket.send({ type: "req", id: "connect", method: "connect", params });
  const answer = await socket.frame((f) => f.type === "res" && f.id === "connect", {
    what: "connect answer",
  });
  return client(socket, identity, answer);
}

/** The signed params of the one connect frame that works on every Gateway (protocol section 0). */
export function connectParams(challenge: { nonce: string; ts: number }, options: ConnectOptions): Json {
  const node = options.role === "node";
  const identity = options.identity ?? undefined;
  const scopes = options.scopes ?? (node ? [] : OPERATOR_SCOPES);
  const info = {
    id: node ? "node-host" : "cli",
    version: "0.0.0-test",
    platform: "linux",
    deviceFamily: "Linux",
    mode: node ? "node" : "cli",
    ...(options.displayName === undefined ? {} : { displayName: options.displayName }),
  };
  const params: Json = {
    minProtocol: 3,
    maxProtocol: 4,
    client: info,
    role: options.role,
    scopes,
    caps: options.caps ?? (node ? ["system"] : []),
    ...(node ? { commands: options.commands ?? NODE_COMMANDS } : {}),
    ...(options.token === undefined ? {} : { auth: { token: options.token } }),
  };
  if (identity !== undefined) {
    const signature = signFields(identity, options.signature ?? "v2", {
      clientId: info.id,
      clientMode: info.mode,
      role: options.role,
      scopes,
      signedAt: challenge.ts,
      token: options.token ?? "",
      nonce: challenge.nonce,
      platform: info.platform,
      deviceFamily: info.deviceFamily,
    });
    params.device = {
      id: identity.id,
      publicKey: identity.publicKey,
      signature,
      signedAt: challenge.ts,
      nonce: challenge.nonce,
    };
  }
  return options.edit === undefined ? params : options.edit(params);
}

function client(socket: RawSocket, identity: RawIdentity | undefined, answer: Json): RawClient {
  let count = 0;
  const request = async (method: string, params?: unknown, limitMs = 30_000): Promise<RawAnswer> => {
    const id = `r${++count}`;
    socket.send({ type: "req", id, method, ...(params === undefined ? {} : { params }) });
    const res = await socket.frame((f) => f.type === "res" && f.id === id, {
      limitMs,
      what: `answer to ${method}`,
    });
    return { ok: res.ok, payload: res.payload, error: res.error };
  };
  return {
    socket,
    identity,
    hello: answer.ok === true ? answer.payload : undefined,
    error: answer.ok === true ? undefined : answer.error,
    request,
    event: async (name, fits = () => true, limitMs = 15_000) => {
      const found = (f: Json): boolean => isEvent(f, name) && fits(f.payload);
      return (await socket.frame(found, { limitMs, what: `event ${name}` })).payload;
    },
    events: (name) => socket.frames.filter((f) => isEvent(f, name)).map((f) => f.payload),
    answerInvokes: (handler) => {
      void answerForEver(socket, handler, request);
    },
    close: () => socket.close(),
  };
}

async function answerForEver(
  socket: RawSocket,
  handler: (invoke: RawInvoke) => Json,
  request: RawClient["request"],
): Promise<void> {
  for (let from = 0; ;) {
    const frame = await socket
      .frame((f) => isEvent(f, "node.invoke.request"), { from, limitMs: 2 ** 31 - 1 })
      .catch(() => undefined);
    if (frame === undefined) return;
    from = socket.frames.indexOf(frame, from) + 1;
    // Not awaited: a slow answer must not hold up the next invoke.
    void answerInvoke(frame.payload, handler, request);
  }
}

async function answerInvoke(
  payload: Json,
  handler: (invoke: RawInvoke) => Json,
  request: RawClient["request"],
): Promise<void> {
  const { id, nodeId, command, paramsJSON } = payload;
  const params = typeof paramsJSON === "string" ? JSON.parse(paramsJSON) : undefined;
  const value = await handler({ id, command, params, frame: payload });
  // `{error}` alone: a run's result has an `error` field among others.
  const failed = value !== null && typeof value === "object" && Object.keys(value).join() === "error";
  const body = failed
    ? { ok: false, error: value.error }
    : { ok: true, payloadJSON: JSON.stringify(value ?? null) };
  await request("node.invoke.result", { id, nodeId, ...body }).catch(() => undefined);
}

function isEvent(frame: Json, name: string): boolean {
  return frame.type === "event" && frame.event === name;
}
