import { setTimeout as pause } from "node:timers/promises";
import {
  ConnectionError,
  openSession,
  readRefusal,
  type ClientProfile,
  type DeviceIdentity,
  type GatewayEndpoint,
  type GatewayWay,
} from "@openclaw/gateway-connection";
import { CliError } from "../errors.ts";
import { PAIRING_LIMITS, type SetupCode } from "./setup-code.ts";

export interface RedeemOptions {
  readonly endpoint: GatewayEndpoint;
  readonly profile: ClientProfile;
  readonly identity: DeviceIdentity;
  readonly code: Pick<SetupCode, "bootstrapToken" | "expiresAtMs">;
  /** Proxies, and the headers of an access proxy: the same as for the host itself. */
  readonly way: GatewayWay;
  /** Called with each new request that an operator has to approve; undefined where the Gateway names none. */
  readonly onWaiting: (requestId: string | undefined) => void;
  readonly signal: AbortSignal;
  readonly retryMs?: number;
}

/** What a code was good for. */
export interface DeviceGrant {
  readonly token: string;
  readonly scopes: readonly string[];
}

/**
 * Presents the code until the Gateway gives a device token for it. Some codes pair at once, others let an operator say
 * yes first; then it is asked again until the code expires. Throws ConnectionError, or CliError `pairing-code-refused`.
 */
export async function redeemCode(options: RedeemOptions): Promise<DeviceGrant> {
  const { code, onWaiting, retryMs = PAIRING_LIMITS.retryMs, signal } = options;
  const end = code.expiresAtMs ?? Date.now() + PAIRING_LIMITS.codeLifeMs;
  let told: { readonly requestId: string | undefined } | undefined;
  for (;;) {
    const answer = await present(options);
    if ("token" in answer) return answer;
    if (told === undefined || told.requestId !== answer.requestId) onWaiting(answer.requestId);
    told = answer;
    if (Date.now() + retryMs >= end) {
      throw new CliError(
        "pairing-code-refused",
        "the pairing code expired before an operator approved this machine",
        ["make a new one on the Gateway: openclaw devices join-code"],
      );
    }
    await pause(retryMs, undefined, { signal });
  }
}

async function present({
  endpoint,
  profile,
  identity,
  code,
  way,
  signal,
}: RedeemOptions): Promise<DeviceGrant | { readonly requestId: string | undefined }> {
  const { bootstrapToken } = code;
  try {
    const session = await openSession({
      endpoint,
      profile,
      identity,
      credential: { bootstrapToken },
      signal,
      way,
    });
    const { auth } = session.hello;
    await session.close(1000, "paired");
    if (auth?.deviceToken !== undefined) return { token: auth.deviceToken, scopes: auth.scopes ?? [] };
  } catch (error) {
    const gateway = error instanceof ConnectionError ? error.details.gateway : undefined;
    if (!(error instanceof ConnectionError) || gateway === undefined) throw error;
    const refusal = readRefusal(gateway);
    if (refusal.reaction === "wait-for-pairing") return { requestId: refusal.requestId };
    throw refused(error);
  }
  throw new CliError(
    "pairing-code-refused",
    "the Gateway took the pairing code but gave no device token for it",
  );
}

function refused(error: ConnectionError): CliError {
  // Gateways of February 2026 do not know the field.
  const old = /unexpected property '?bootstrapToken/u.test(error.message);
  const message = old
    ? "this Gateway is too old for pairing codes; connect with its token, and approve the device there"
    : error.message;
  const hints = old
    ? ["set OPENCLAW_GATEWAY_TOKEN and run openclaw node run --host <gateway>"]
    : ["a code works once and for ten minutes; a new one, on the Gateway: openclaw devices join-code"];
  return new CliError("pairing-code-refused", message, hints, { cause: error });
}
