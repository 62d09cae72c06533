// Everything invalid that a client can send, as data, and how to try one case on any Gateway.
// What real Gateways answer is recorded in `recorded-invalid-frames.json`.
import { CONNECT_CASES } from "./invalid-connect-cases.ts";
import { METHOD_CASES } from "./invalid-method-cases.ts";
import { normalize } from "./normalize.ts";
import { connectRaw } from "./raw-client.ts";
import type { RawClient, RawRole } from "./raw-client.ts";
import { newIdentity } from "./raw-identity.ts";
import type { RawIdentity } from "./raw-identity.ts";
import { openRawSocket } from "./raw-socket.ts";
import type { CloseInfo, Json, RawSocket } from "./raw-socket.ts";

/** Milliseconds without a hello or a close: the newest release delays refusals by up to 5 s. */
const FIRST_LIMIT_MS = 12_000;
/** Milliseconds in which frames after hello are answered, if at all. */
const ANSWER_LIMIT_MS = 2_000;

export interface FrameTarget {
  readonly url: string;
  readonly token: string;
}

export interface FrameContext {
  readonly challenge: { readonly nonce: string; readonly ts: number };
  readonly token: string;
  /** The sender's. */
  readonly identity: RawIdentity;
  /** A connected node with an approved surface. */
  readonly nodeId: string;
}

export interface InvalidFrameCase {
  readonly name: string;
  readonly role: RawRole;
  /** `first`: instead of the connect frame; `hello`: after a valid one. */
  readonly when: "first" | "hello";
  readonly headers?: Record<string, string>;
  /** What to send, in order: objects as JSON, strings and buffers as they are. */
  frames(context: FrameContext): unknown[];
}

export interface FrameOutcome {
  /** `{id, ok, error?, payload?}`, normalized; a hello keeps only its type and protocol. */
  readonly responses: Json[];
  /** How the Gateway closed the socket, or null when it left it open. */
  readonly close: CloseInfo | null;
}

export const INVALID_FRAME_CASES: readonly InvalidFrameCase[] = [...CONNECT_CASES, ...METHOD_CASES];

/** Tries one case with identities of its own. Needs a Gateway that pairs loopback devices by itself. */
export async function runInvalidFrameCase(
  trial: InvalidFrameCase,
  target: FrameTarget,
): Promise<FrameOutcome> {
  return trial.when === "first" ? tryFirst(trial, target) : tryAfterHello(trial, target);
}

async function tryFirst(trial: InvalidFrameCase, { url, token }: FrameTarget): Promise<FrameOutcome> {
  const socket = await openRawSocket({
    url,
    ...(trial.headers === undefined ? {} : { headers: trial.headers }),
  });
  const challenge = (await socket.frame((f) => f.event === "connect.challenge", { what: "challenge" }))
    .payload;
  const identity = newIdentity();
  for (const frame of trial.frames({ challenge, token, identity, nodeId: "" })) socket.send(frame);
  const hello = socket.frame((f) => f.type === "res" && f.ok === true, { limitMs: FIRST_LIMIT_MS });
  await Promise.race([hello.catch(() => undefined), socket.closed]);
  return outcome(socket, 0);
}

async function tryAfterHello(trial: InvalidFrameCase, target: FrameTarget): Promise<FrameOutcome> {
  const { url, token } = target;
  const operator = greeted(await connectRaw(url, { role: "operator", token }));
  const node = await approvedNode(operator, target);
  const sender = trial.role === "node" ? node : operator;
  const { socket, identity } = sender;
  if (identity === undefined || node.identity === undefined) throw new Error("both senders have an identity");
  const challenge = socket.frames.find((f) => f.event === "connect.challenge").payload;
  const from = socket.frames.length;
  try {
    const frames = trial.frames({ challenge, token, identity, nodeId: node.identity.id });
    for (const frame of frames) socket.send(frame);
    // Answers may come out of order, so one more request alone would not prove the others answered.
    const answered = socket.frame(() => answers(socket, from).length >= frames.length, {
      from,
      limitMs: ANSWER_LIMIT_MS,
    });
    await Promise.race([answered.catch(() => undefined), socket.closed]);
    // What is closed for one frame is closed before the next answer.
    if (socket.closeInfo() === undefined)
      await sender.request("no.such.method.probe", {}).catch(() => undefined);
    return await outcome(socket, from);
  } finally {
    await Promise.all([operator.close(), node.close()]);
  }
}

/** Some Gateways grant the surface only at the next connect, the oldest ask nobody. */
async function approvedNode(operator: RawClient, { url, token }: FrameTarget): Promise<RawClient> {
  const identity = newIdentity();
  const first = greeted(await connectRaw(url, { role: "node", token, identity }));
  const { payload } = await operator.request("node.pair.list", {});
  const mine = payload.pending.find((entry: { nodeId: string }) => entry.nodeId === identity.id);
  if (mine === undefined) return first;
  await operator.request("node.pair.approve", { requestId: mine.requestId });
  await first.close();
  return greeted(await connectRaw(url, { role: "node", token, identity }));
}

function greeted(client: RawClient): RawClient {
  if (client.hello === undefined) throw new Error(`refused: ${JSON.stringify(client.error)}`);
  return client;
}

function answers(socket: RawSocket, from: number): Json[] {
  return socket.frames.slice(from).filter((f) => f.type === "res" && !String(f.id).startsWith("r"));
}

async function outcome(socket: RawSocket, from: number): Promise<FrameOutcome> {
  const info = socket.closeInfo() ?? null;
  const responses = answers(socket, from).map(({ id, ok, payload, error }) => ({
    id,
    ok,
    ...(payload === undefined ? {} : { payload: normalize(helloInShort(payload)) }),
    ...(error === undefined ? {} : { error: normalize(error) }),
  }));
  await socket.close();
  return { responses, close: info === null ? null : normalize(info) };
}

function helloInShort(payload: Json): Json {
  return payload?.type === "hello-ok" ? { type: payload.type, protocol: payload.protocol } : payload;
}
