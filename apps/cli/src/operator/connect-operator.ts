import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import {
  ConnectionError,
  openSession,
  pause,
  readRefusal,
  type ClientProfile,
  type ConnectCredential,
  type GatewayWay,
  type Session,
  type SessionOptions,
} from "@openclaw/gateway-connection";
import { clientPlatform, OPERATOR_SCOPES, type ErrorShape } from "@openclaw/protocol";
import { CliError } from "../errors.ts";
import { printable } from "../output/printable.ts";
import { VERSION } from "../version.ts";
import { CREDENTIAL_HINTS, describeConnectRefusal } from "./connect-refusal.ts";
import type { GatewayChoice } from "./gateway-choice.ts";
import type { OperatorHome } from "./operator-home.ts";

export interface OperatorConnect {
  readonly choice: GatewayChoice;
  readonly home: OperatorHome;
  readonly way?: GatewayWay | undefined;
  /** For the whole attempt, in milliseconds. */
  readonly timeoutMs: number;
  readonly onEvent: NonNullable<SessionOptions["onEvent"]>;
}

interface Candidate {
  readonly kind: "shared" | "device" | "none";
  readonly credential: ConnectCredential;
}

/** A Gateway that starts says for how long to wait; within these bounds it is believed, in milliseconds. */
const STARTING_WAIT = { min: 100, max: 2000 } as const;
/** Connects that are tried again with a fresh challenge. */
const FRESH_TRIES = 3;

/** Connects as operator with the best credential there is. Throws CliError or ConnectionError. */
export async function connectOperator(connect: OperatorConnect): Promise<Session> {
  const { choice, home } = connect;
  const signal = AbortSignal.timeout(connect.timeoutMs);
  let refusal: ErrorShape | undefined;
  for (const candidate of candidates(choice, home)) {
    const outcome = await attempt(candidate, connect, signal);
    if (!("refused" in outcome)) return await remembered(outcome, connect);
    // The first refusal is the one about the credential that the person chose.
    refusal ??= outcome.refused;
    const { reaction } = readRefusal(outcome.refused);
    if (reaction !== "other-credential" && reaction !== "fix-credential") break;
    if (candidate.kind === "device" && reaction === "other-credential") await home.dropToken(choice.endpoint);
  }
  if (refusal === undefined) throw noCredential(choice);
  throw describeConnectRefusal(refusal, choice);
}

/** Shared secret first, then what this Gateway gave us; what was typed is not silently replaced. */
function candidates(choice: GatewayChoice, home: OperatorHome): readonly Candidate[] {
  const shared: Candidate = { kind: "shared", credential: choice.credential };
  if (choice.credentialFrom === "argv") return [shared];
  const token = home.tokenFor(choice.endpoint);
  const device: readonly Candidate[] = token === undefined ? [] : [{ kind: "device", credential: { token } }];
  if (choice.credentialFrom !== "none") return [shared, ...device];
  if (device.length > 0) return device;
  // The Gateway of the configuration may want no credential; one that somebody named gets no blind try.
  return choice.explicit ? [] : [{ kind: "none", credential: {} }];
}

async function attempt(
  candidate: Candidate,
  { choice, home, timeoutMs, way, onEvent }: OperatorConnect,
  signal: AbortSignal,
): Promise<Session | { readonly refused: ErrorShape }> {
  let signatureVersion: "v2" | "v3" = "v2";
  for (let fresh = 1; ;) {
    try {
      return await openSession({
        endpoint: choice.endpoint,
        profile: profile(),
        identity: home.identity,
        credential: candidate.credential,
        signatureVersion,
        way,
        onEvent,
        signal,
      });
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      if (error.code === "aborted") throw tooSlow(choice, timeoutMs, error);
      const refused = error.code === "refused" ? error.details.gateway : undefined;
      if (refused === undefined)
        throw new ConnectionError(error.code, printable(error.message), error.details, { cause: error });
      const { reaction, code, retryAfterMs = STARTING_WAIT.min * 5 } = readRefusal(refused);
      if (reaction === "other-signature" && signatureVersion === "v2") signatureVersion = "v3";
      else if (reaction === "retry" && fresh < FRESH_TRIES) fresh += 1;
      else if (reaction === "wait-as-told" && code !== "AUTH_RATE_LIMITED") {
        await pause(Math.min(STARTING_WAIT.max, Math.max(STARTING_WAIT.min, retryAfterMs)), signal);
        if (signal.aborted) return { refused };
      } else return { refused };
    }
  }
}

async function remembered(session: Session, { choice, home }: OperatorConnect): Promise<Session> {
  const { auth } = session.hello;
  if (auth?.deviceToken === undefined) return session;
  try {
    await home.saveToken(choice.endpoint, auth.deviceToken, auth.scopes ?? []);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** The same at every connect, because Gateways pin it; all scopes at once, see protocol section 6.1. */
function profile(): ClientProfile {
  return {
    id: "cli",
    mode: "cli",
    role: "operator",
    version: VERSION,
    ...clientPlatform(process.platform),
    displayName: `${hostname()} (openclaw cli)`,
    instanceId: randomUUID(),
    scopes: OPERATOR_SCOPES,
    caps: [],
  };
}

function noCredential({ endpoint }: GatewayChoice): CliError {
  return new CliError(
    "no-credential",
    `no token or password for the Gateway at ${endpoint.url}; those of openclaw.json belong to its own Gateway only`,
    CREDENTIAL_HINTS,
  );
}

function tooSlow({ endpoint }: GatewayChoice, timeoutMs: number, cause: Error): ConnectionError {
  return new ConnectionError(
    "handshake-timeout",
    `the Gateway at ${endpoint.host}:${endpoint.port} did not answer within ${timeoutMs} ms; is it the right address? --timeout waits longer`,
    {},
    { cause },
  );
}
