import type { ErrorShape } from "@openclaw/protocol";

/** What a request gets back: a payload or an error as it goes over the wire. */
export type Answer =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly error: ErrorShape };

export function done(payload: unknown): Answer {
  return { ok: true, payload };
}

export function invalidRequest(message: string, details?: unknown): Answer {
  return refused("INVALID_REQUEST", message, details);
}

export function unavailable(message: string, details?: unknown): Answer {
  return refused("UNAVAILABLE", message, details);
}

export function refused(code: string, message: string, details?: unknown): Answer {
  return {
    ok: false,
    error: { code, message, ...(details === undefined ? {} : { details }) },
  };
}

/**
 * What the newest Gateways say whenever a node's pairing does not carry the call: not
 * approved, not connected, taken over. Source: protocol section 4.1.
 */
export function pairingChanged(when: "while invocation was active" | "before request dispatch"): Answer {
  return {
    ok: false,
    error: {
      code: "UNAVAILABLE",
      message: `node pairing changed ${when}`,
      retryable: true,
      details: { code: "PAIRING_CHANGED" },
    },
  };
}
