// A client of its own for the tests of this Gateway: it signs by itself, keeps every frame and
// knows nothing of the product code on either side.
import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { WebSocket, type ClientOptions } from "ws";

export type Json = any;

export interface Identity {
  readonly id: string;
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

export interface ClientSetup {
  readonly role?: string;
  readonly token?: string | undefined;
  readonly scopes?: readonly string[];
  readonly caps?: readonly string[];
  readonly commands?: readonly string[];
  readonly displayName?: string;
  readonly identity?: Identity | null;
  readonly signature?: "v2" | "v3";
  readonly headers?: Record<string, string>;
  readonly socket?: ClientOptions;
  /** A last change to the params, after they were signed. */
  readonly edit?: (params: Json) => Json;
  /** A last change to the client, before it is signed. */
  readonly client?: Record<string, unknown>;
}

export interface Answer {
  readonly ok: boolean;
  readonly payload?: Json;
  readonly error?: Json;
}

export const ALL_SCOPES: readonly string[] = [
  "operator.admin",
  "operator.approvals",
  "operator.pairing",
  "operator.read",
  "operator.write",
];
export const NODE_COMMANDS: readonly string[] = [
  "system.run",
  "system.run.prepare",
  "system.which",
  "system.execApprovals.get",
  "system.execApprovals.set",
];

export function newIdentity(): Identity {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const id = createHash("sha256").update(raw).digest("hex");
  return { id, publicKey: raw.toString("base64url"), privateKey };
}

/** One socket, its frames in order, and how it was closed. */
export class Link {
  readonly frames: Json[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #wake = new Set<() => void>();
  readonly ws: WebSocket;
  #count = 0;

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on("message", (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString("utf8")));
      for (const look of this.#wake) look();
    });
    ws.on("error", () => undefined);
    this.closed = new Promise((resolve) => {
      ws.on("close", (code, reason) => {
        resolve({ code, reason: reason.toString("utf8") });
        for (const look of this.#wake) look();
      });
    });
  }

  /** The first frame, past or future, that fits; rejects when the socket closes before it came. */
  frame(fits: (frame: Json) => boolean): Promise<Json> {
    return new Promise((resolve, reject) => {
      let next = 0;
      const look = (): void => {
        for (; next < this.frames.length; next += 1) {
          if (!fits(this.frames[next])) continue;
          this.#wake.delete(look);
          resolve(this.frames[next]);
          return;
        }
        if (this.ws.readyState !== WebSocket.CLOSED) return;
        this.#wake.delete(look);
        reject(new Error("closed before the frame came"));
      };
      this.#wake.add(look);
      look();
    });
  }

  async event(name: string, fits: (payload: Json) => boolean = () => true): Promise<Json> {
    return (await this.frame((f) => f.event === name && fits(f.payload))).payload;
  }

  events(name: string): Json[] {
    return this.frames.filter((f) => f.event === name).map((f) => f.payload);
  }

  send(frame: unknown): void {
    this.ws.send(typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  async request(method: string, params?: unknown): Promise<Answer> {
    this.#count += 1;
    const id = `r${this.#count}`;
    this.send({ type: "req", id, method, ...(params === undefined ? {} : { params }) });
    return this.frame((f) => f.type === "res" && f.id === id);
  }

  /** Answers invokes from now on; a value with `error` becomes an error, undefined stays unanswered. */
  answerInvokes(handler: (command: string, params: Json, event: Json) => Json): void {
    let next = 0;
    const look = (): void => {
      for (; next < this.frames.length; next += 1) {
        const frame = this.frames[next];
        if (frame.event !== "node.invoke.request") continue;
        const { id, nodeId, command, paramsJSON } = frame.payload;
        const value = handler(
          command,
          paramsJSON === null ? undefined : JSON.parse(paramsJSON),
          frame.payload,
        );
        if (value === undefined) continue;
        const failed = value !== null && typeof value === "object" && "error" in value;
        const body = failed ? { ok: false, ...value } : { ok: true, payloadJSON: JSON.stringify(value) };
        this.send({
          type: "req",
          id: `a-${id}`,
          method: "node.invoke.result",
          params: { id, nodeId, ...body },
        });
      }
    };
    this.#wake.add(look);
    look();
  }

  async close(): Promise<void> {
    this.ws.close();
    await this.closed;
  }
}

export interface Client extends Link {
  readonly identity: Identity | undefined;
  /** The payload of hello, or undefined after a refusal. */
  readonly hello: Json;
  readonly error: Json;
}

export async function openLink(url: string, options: ClientOptions = {}): Promise<Link> {
  const ws = new WebSocket(url, { perMessageDeflate: false, rejectUnauthorized: false, ...options });
  const link = new Link(ws);
  await once(ws, "open");
  return link;
}

/** Connects and says connect; resolves with a hello or with the refusal. */
export async function connect(
  gateway: { readonly url: string; readonly token: string },
  setup: ClientSetup = {},
): Promise<Client> {
  const link = await openLink(gateway.url, { headers: setup.headers ?? {}, ...setup.socket });
  const challenge = await link.event("connect.challenge");
  const identity = setup.identity === null ? undefined : (setup.identity ?? newIdentity());
  const params = connectParams(challenge, { token: gateway.token, ...setup }, identity);
  link.send({ type: "req", id: "connect", method: "connect", params });
  const answer = await link.frame((f) => f.id === "connect");
  const { ok, payload, error } = answer;
  return Object.assign(link, { identity, hello: ok ? payload : undefined, error });
}

export function connectParams(
  challenge: { readonly nonce: string; readonly ts: number },
  setup: ClientSetup,
  identity: Identity | undefined,
): Json {
  const role = setup.role ?? "node";
  const isNode = role === "node";
  const scopes = setup.scopes ?? (isNode ? [] : ALL_SCOPES);
  const client: Json = {
    id: isNode ? "node-host" : "cli",
    mode: isNode ? "node" : "cli",
    version: "0.0.0-test",
    platform: "linux",
    deviceFamily: "Linux",
    ...(setup.displayName === undefined ? {} : { displayName: setup.displayName }),
    ...setup.client,
  };
  const { token } = setup;
  const params: Json = {
    minProtocol: 3,
    maxProtocol: 4,
    client,
    role,
    scopes,
    caps: setup.caps ?? (isNode ? ["system"] : []),
    ...(isNode ? { commands: setup.commands ?? NODE_COMMANDS } : {}),
    ...(token === undefined ? {} : { auth: { token } }),
  };
  if (identity !== undefined) {
    const { nonce, ts: signedAt } = challenge;
    const version = setup.signature ?? "v2";
    const parts = [version, identity.id, client.id, client.mode, role, scopes.join(","), signedAt];
    parts.push(token ?? "", nonce);
    if (version === "v3") parts.push(client.platform.toLowerCase(), client.deviceFamily.toLowerCase());
    const signature = sign(null, Buffer.from(parts.join("|")), identity.privateKey).toString("base64url");
    params.device = { id: identity.id, publicKey: identity.publicKey, signature, signedAt, nonce };
  }
  return setup.edit === undefined ? params : setup.edit(params);
}
