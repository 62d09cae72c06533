import { connectChallengeSchema, parseFrame, parseWith, type ConnectChallenge } from "@openclaw/protocol";
import { lookup } from "node:dns/promises";
import type { RawData, WebSocket } from "ws";
import { describeClose } from "./close-text.ts";
import { dial } from "./dial.ts";
import { ConnectionError } from "./errors.ts";
import { CONNECTION_LIMITS } from "./limits.ts";
import { describeOpenError, failureReason } from "./open-error.ts";
import { notAGateway } from "./session-errors.ts";
import type { GatewayEndpoint } from "./endpoint.ts";

/** Where a step leads: a Gateway, or the proxy in front of it, which `shown` names. */
export interface ProbePlace {
  readonly host: string;
  readonly port: number;
  readonly shown?: string;
}

/** All addresses of a name, in the order in which the system gives them. Throws `unreachable` or `proxy-failed`. */
export async function lookUp(place: ProbePlace, giveUp: AbortSignal): Promise<readonly string[]> {
  try {
    const found = await orGiveUp(lookup(place.host, { all: true }), giveUp);
    return found.map(({ address }) => address);
  } catch (cause) {
    throw failure(place, cause);
  }
}

/** The other end of a connection, and how long it took, in milliseconds. */
export interface ReachedPort {
  readonly address: string;
  readonly ms: number;
}

/**
 * A bare TCP connection to one of the addresses, made as the host makes it, and closed again. Throws `unreachable` or
 * `proxy-failed`.
 */
export async function reachPort(
  place: ProbePlace,
  addresses: readonly string[],
  giveUp: AbortSignal,
): Promise<ReachedPort> {
  const from = performance.now();
  try {
    const socket = await dial({ ...place, secure: false }, giveUp, { lookup: async () => addresses });
    const address = socket.remoteAddress ?? place.host;
    socket.destroy();
    return { address, ms: performance.now() - from };
  } catch (cause) {
    throw failure(place, cause);
  }
}

function failure(place: ProbePlace, cause: unknown): ConnectionError {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  if (place.shown === undefined)
    return error instanceof ConnectionError ? error : describeOpenError({ ...place, secure: false }, error);
  const system: unknown =
    error instanceof ConnectionError ? error.details.system : Reflect.get(error, "code");
  const why =
    system === "ETIMEDOUT"
      ? "timed out"
      : failureReason(error instanceof ConnectionError && error.cause instanceof Error ? error.cause : error);
  return new ConnectionError(
    "proxy-failed",
    `cannot reach the proxy ${place.shown}: ${why}`,
    typeof system === "string" ? { system } : {},
    { cause },
  );
}

/** A look-up cannot be given up; its answer is not waited for any longer. */
async function orGiveUp<T>(answer: Promise<T>, giveUp: AbortSignal): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    giveUp.addEventListener("abort", () => reject(giveUp.reason), { once: true });
  });
  return await Promise.race([answer, late]);
}

export interface SeenChallenge {
  readonly ms: number;
  /** What the Gateway says the time is; milliseconds since the epoch. */
  readonly ts: number;
  /** What it was here. */
  readonly at: number;
}

/** The first frame of a Gateway; the socket is gone afterwards. Throws `handshake-timeout`, `protocol-violation`, `closed`. */
export async function awaitChallenge(
  endpoint: GatewayEndpoint,
  socket: WebSocket,
  ms: number,
  now: () => number,
): Promise<SeenChallenge> {
  const from = performance.now();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<SeenChallenge>((resolve, reject) => {
      timer = setTimeout(() => reject(silent(endpoint, ms)), ms);
      socket.once("message", (data) => {
        const challenge = challengeIn(data);
        if (challenge === undefined) reject(notAGateway(endpoint, "its first frame is no connect.challenge"));
        else resolve({ ms: performance.now() - from, ts: challenge.ts, at: now() });
      });
      socket.once("close", (code, reason) => {
        const close = { code, reason: reason.toString("utf8") };
        const text = describeClose(close);
        reject(
          new ConnectionError("closed", `the Gateway closed the connection before the challenge (${text})`, {
            close,
          }),
        );
      });
      socket.resume();
    });
  } finally {
    clearTimeout(timer);
    // Said politely, and not waited for long.
    socket.close(1000, "");
    setTimeout(() => socket.terminate(), CONNECTION_LIMITS.closeMs).unref();
  }
}

function silent({ host, port }: GatewayEndpoint, ms: number): ConnectionError {
  return new ConnectionError(
    "handshake-timeout",
    `the server at ${host}:${port} took the connection but sent no challenge within ${ms / 1000} s`,
  );
}

function challengeIn(data: RawData): ConnectChallenge | undefined {
  if (!Buffer.isBuffer(data)) return undefined;
  const frame = parseFrame(data.toString("utf8"), CONNECTION_LIMITS.inboundFrameBytes);
  if (!frame.ok || frame.value.type !== "event" || frame.value.event !== "connect.challenge")
    return undefined;
  const challenge = parseWith<ConnectChallenge>(
    connectChallengeSchema,
    frame.value.payload,
    "connect.challenge",
  );
  return challenge.ok ? challenge.value : undefined;
}
