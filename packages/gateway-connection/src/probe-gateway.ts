import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { GatewayEndpoint } from "./endpoint.ts";
import { ConnectionError } from "./errors.ts";
import { inspectTls, type TlsReport } from "./inspect-tls.ts";
import { CONNECTION_LIMITS, type ConnectionLimits } from "./limits.ts";
import { timedOut } from "./open-error.ts";
import { openSocket } from "./open-socket.ts";
import { awaitChallenge, lookUp, reachPort, type ReachedPort } from "./probe-steps.ts";
import { proxyFor, type ProxyAddress } from "./proxy-choice.ts";
import { openTunnel } from "./proxy-tunnel.ts";
import { shownText } from "./shown-text.ts";

/** One rung of the ladder from here to a Gateway. What stands on a failed one is not reached. */
export type Rung<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "failed"; readonly error: ConnectionError }
  | { readonly kind: "not-needed" }
  | { readonly kind: "not-reached" };

/** The head of an answer to the upgrade request; texts are the server's own, shortened. */
export interface HttpAnswer {
  readonly status: number;
  readonly location?: string;
  readonly contentType?: string;
  readonly server?: string;
  /** Of the Date header, milliseconds since the epoch. */
  readonly dateMs?: number;
}

export interface GatewayProbe {
  /** The addresses of the Gateway's name, or of the proxy's where there is one. */
  readonly dns: Rung<readonly string[]>;
  readonly tcp: Rung<ReachedPort>;
  /** The proxy that leads there, without its password. */
  readonly proxy: Rung<string>;
  readonly tls: Rung<TlsReport>;
  /** What the server showed, also where it is not accepted. */
  readonly certificates?: TlsReport;
  readonly upgrade: Rung<HttpAnswer>;
  /** What was answered instead of an upgrade, or with it. */
  readonly answer?: HttpAnswer;
  /** Milliseconds from the open socket to the challenge. */
  readonly challenge: Rung<number>;
  /** How far this machine's clock is behind the Gateway's, in milliseconds; below zero: ahead. */
  readonly clock: Rung<{ readonly behindMs: number; readonly by: "challenge" | "date" }>;
}

export interface ProbeOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** PEM: only these authorities, for the look at the certificates. */
  readonly ca?: readonly string[] | undefined;
  readonly limits?: Partial<ConnectionLimits>;
  readonly now?: () => number;
}

type Steps = { -readonly [K in keyof GatewayProbe]: GatewayProbe[K] };

/**
 * Climbs from the name to the challenge, with the code of the host itself, and stops there: no connect frame, no extra
 * header, no credential of the Gateway is sent. A proxy gets its own name and password, without which nobody passes it.
 * Each step has `probeStepMs`. Never throws: what failed is a rung.
 */
export async function probeGateway(
  endpoint: GatewayEndpoint,
  options: ProbeOptions = {},
): Promise<GatewayProbe> {
  const { env = process.env, ca, now = Date.now } = options;
  const limits = { ...CONNECTION_LIMITS, ...options.limits };
  const notReached = { kind: "not-reached" } as const;
  const steps: Steps = {
    dns: notReached,
    tcp: notReached,
    proxy: notReached,
    tls: notReached,
    upgrade: notReached,
    challenge: notReached,
    clock: notReached,
  };
  const signalOf = (): AbortSignal => bounded(endpoint, limits.probeStepMs);

  const chosen = await attempt(async () => proxyFor(endpoint, env));
  if (chosen.kind !== "ok") return { ...steps, proxy: chosen };
  const proxy = chosen.value;
  const first = proxy ?? endpoint;

  steps.dns =
    isIP(first.host) === 0
      ? await attempt(async () => await lookUp(first, signalOf()))
      : { kind: "not-needed" };
  if (steps.dns.kind === "failed") return steps;
  const addresses = steps.dns.kind === "ok" ? steps.dns.value : [first.host];
  steps.tcp = await attempt(async () => await reachPort(first, addresses, signalOf()));
  if (steps.tcp.kind === "failed") return steps;
  steps.proxy =
    proxy === undefined
      ? { kind: "not-needed" }
      : await attempt(async () => await passProxy(endpoint, proxy, signalOf(), env));
  if (steps.proxy.kind === "failed") return steps;

  if (!endpoint.secure) steps.tls = { kind: "not-needed" };
  else {
    steps.tls = await attempt(
      async () => await inspectTls(endpoint, { env, ca, limits: { openMs: limits.probeStepMs } }),
    );
    if (steps.tls.kind === "failed") return steps;
    if (steps.tls.kind === "ok") steps.certificates = steps.tls.value;
  }
  return await climbOn(endpoint, steps, { env, now, limits });
}

/** From the upgrade on; here the host's own judgment of the certificate comes in, too. */
async function climbOn(
  endpoint: GatewayEndpoint,
  steps: Steps,
  { env, now, limits }: Required<Pick<ProbeOptions, "env" | "now">> & { readonly limits: ConnectionLimits },
): Promise<GatewayProbe> {
  let answer: HttpAnswer | undefined;
  const onAnswer = (head: IncomingMessage): void => {
    answer = answerOf(head);
  };
  const opened = await attempt(
    async () =>
      await openSocket(endpoint, undefined, { env, onAnswer }, { ...limits, openMs: limits.probeStepMs }),
  );
  if (answer !== undefined) steps.answer = answer;
  if (opened.kind === "failed") {
    if (TLS_CODES.has(opened.error.code)) steps.tls = opened;
    else steps.upgrade = opened;
    return steps;
  }
  if (opened.kind !== "ok") return steps;
  const { dateMs } = answer ?? {};
  steps.upgrade = { kind: "ok", value: answer ?? { status: 101 } };
  const challenge = await attempt(
    async () => await awaitChallenge(endpoint, opened.value, limits.probeStepMs, now),
  );
  if (challenge.kind !== "ok") {
    if (challenge.kind === "failed") steps.challenge = challenge;
    return steps;
  }
  const { ms, ts, at } = challenge.value;
  steps.challenge = { kind: "ok", value: ms };
  // Some servers in between know the time better than a Gateway that counts from its start.
  steps.clock =
    ts > 0
      ? { kind: "ok", value: { behindMs: ts - at, by: "challenge" } }
      : dateMs === undefined
        ? { kind: "not-reached" }
        : { kind: "ok", value: { behindMs: dateMs - at, by: "date" } };
  return steps;
}

const TLS_CODES: ReadonlySet<string> = new Set(["tls-failed", "fingerprint-mismatch", "bad-ca-file"]);

async function attempt<T>(act: () => Promise<T>): Promise<Rung<T>> {
  try {
    return { kind: "ok", value: await act() };
  } catch (error) {
    if (error instanceof ConnectionError) return { kind: "failed", error };
    throw error;
  }
}

/** A signal with the reason that the host has as well. */
function bounded(endpoint: GatewayEndpoint, ms: number): AbortSignal {
  const giveUp = new AbortController();
  setTimeout(() => giveUp.abort(timedOut(endpoint)), ms).unref();
  return giveUp.signal;
}

async function passProxy(
  endpoint: GatewayEndpoint,
  proxy: ProxyAddress,
  giveUp: AbortSignal,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const stream = await openTunnel(endpoint, proxy, giveUp, env);
  stream.destroy();
  return proxy.shown;
}

function answerOf({ statusCode, headers }: IncomingMessage): HttpAnswer {
  const dateMs = Date.parse(headers.date ?? "");
  const text = (value: string | string[] | undefined): string | undefined =>
    typeof value !== "string" || value === "" ? undefined : shownText(value, 200);
  const [location, contentType, server] = ["location", "content-type", "server"].map((name) =>
    text(headers[name]),
  );
  return {
    status: statusCode ?? 0,
    ...(location === undefined ? {} : { location }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(server === undefined ? {} : { server }),
    ...(Number.isFinite(dateMs) ? { dateMs } : {}),
  };
}
