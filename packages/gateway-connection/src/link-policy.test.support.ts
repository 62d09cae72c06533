import type { ErrorShape } from "@openclaw/protocol";
import * as fc from "fast-check";
import { CONNECTION_ERROR_CODES, ConnectionError, type ConnectionErrorDetails } from "./errors.ts";
import { initialLinkMemory, type LinkMemory, type LinkOutcome } from "./link-step.ts";

type Failed = Extract<LinkOutcome, { kind: "failed" }>;
type Ended = Extract<LinkOutcome, { kind: "ended" }>;

export function failed(
  code: ConnectionError["code"],
  details: ConnectionErrorDetails = {},
  presented: Failed["presented"] = "configured",
): Failed {
  return { kind: "failed", error: new ConnectionError(code, `it is ${code}`, details), presented };
}

export function refused(
  gateway: Partial<ErrorShape> & { readonly detail?: string },
  presented: Failed["presented"] = "configured",
): Failed {
  const { detail, ...rest } = gateway;
  const details = detail === undefined ? rest.details : { ...(rest.details as object), code: detail };
  return failed(
    "refused",
    { gateway: { code: "INVALID_REQUEST", message: "no", ...rest, details } },
    presented,
  );
}

export function ended(code: number, reason = "", rest: Partial<Ended> = {}): Ended {
  return {
    kind: "ended",
    end: { code, reason, dead: code === 4000 },
    shutdown: undefined,
    readyMs: 60_000,
    ...rest,
  };
}

/** A host that has never had a hello, and one that has. */
export const NEW: LinkMemory = initialLinkMemory(false);
export const OLD: LinkMemory = initialLinkMemory(true);

const small = fc.nat(40);
export const anyMemory: fc.Arbitrary<LinkMemory> = fc.record({
  failures: small,
  downTries: small,
  pairingTries: small,
  busyTries: small,
  nonceFailures: fc.nat(5),
  damagedFrames: fc.nat(5),
  everReady: fc.boolean(),
  signature: fc.constantFrom("v2", "v3"),
  credential: fc.constantFrom("configured", "device"),
  swapped: fc.boolean(),
  omit: fc.subarray(["displayName", "instanceId", "pathEnv"]),
});

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const anyGatewayError: fc.Arbitrary<ErrorShape> = fc.record({
  code: fc.oneof(fc.constantFrom("INVALID_REQUEST", "NOT_PAIRED", "UNAVAILABLE"), fc.string()),
  message: fc.oneof(
    fc.string(),
    fc.constantFrom(
      "protocol mismatch",
      "pairing required",
      "device nonce mismatch",
      "unauthorized: gateway token mismatch",
      "unauthorized: too many failed attempts",
      "invalid connect params: at /pathEnv: must be string",
    ),
  ),
  details: fc.oneof(
    fc.anything(),
    fc.record({
      code: fc.constantFrom(
        "PAIRING_REQUIRED",
        "PROTOCOL_MISMATCH",
        "DEVICE_AUTH_SIGNATURE_INVALID",
        "DEVICE_AUTH_SIGNATURE_EXPIRED",
        "DEVICE_AUTH_NONCE_MISMATCH",
        "AUTH_TOKEN_MISMATCH",
        "AUTH_DEVICE_TOKEN_MISMATCH",
        "AUTH_RATE_LIMITED",
        "AUTH_SCOPE_MISMATCH",
        "constructor",
      ),
      requestId: fc.string(),
      retryAfterMs: fc.oneof(fc.double(), fc.string()),
    }),
  ),
  retryable: optional(fc.boolean()),
  retryAfterMs: optional(fc.oneof(fc.double(), fc.integer({ min: -1, max: 2_000_000 }))),
});

export const anyOutcome: fc.Arbitrary<LinkOutcome> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...CONNECTION_ERROR_CODES),
      fc.record(
        {
          gateway: anyGatewayError,
          system: fc.constantFrom("ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT"),
          status: fc.constantFrom(301, 404, 502, 503),
          close: fc.record({ code: fc.constantFrom(1000, 1006, 1008, 1012, 1013), reason: fc.string() }),
        },
        { requiredKeys: [] },
      ),
      fc.constantFrom("configured", "device", "none"),
    )
    .map(([code, details, presented]) => failed(code, details, presented)),
  fc
    .tuple(anyGatewayError, fc.constantFrom("configured", "device", "none"))
    .map(([gateway, presented]) => failed("refused", { gateway }, presented)),
  fc
    .tuple(
      fc.constantFrom(1000, 1001, 1006, 1008, 1009, 1012, 1013, 4000, 4001),
      fc.oneof(
        fc.string(),
        fc.constantFrom("node capabilities changed", "device removed", "service restart"),
      ),
      fc.nat(100_000),
      fc.option(fc.record({ reason: fc.string() }), { nil: undefined }),
    )
    .map(([code, reason, readyMs, shutdown]) => ended(code, reason, { readyMs, shutdown })),
);

/** A small generator of numbers in [0, 1): the same seed gives the same run. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
