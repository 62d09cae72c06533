import type { ErrorShape } from "@openclaw/protocol";
import { OMITTABLE_FIELDS, type OmittableField } from "./connect-frame.ts";
import { UNCODED_ROWS, type RefusalReaction } from "./reaction-rows.ts";
import { codeOfMessage, refusalRow } from "./reactions.ts";

export interface Refusal {
  readonly reaction: RefusalReaction;
  /** The detail code, or one derived from the message of a Gateway that sends none. */
  readonly code: string;
  readonly requestId?: string;
  /** Milliseconds, as the Gateway said it; not yet bounded. */
  readonly retryAfterMs?: number;
  /** For `omit-field`. */
  readonly field?: OmittableField;
}

/** Reads a Gateway's refusal of a connect. */
export function readRefusal(error: ErrorShape): Refusal {
  const details = isRecord(error.details) ? error.details : {};
  const code = word(details["code"]) ?? codeOfMessage(error.message) ?? word(error.code) ?? "UNKNOWN";
  const requestId = word(details["requestId"]);
  const retryAfterMs = finite(error.retryAfterMs) ?? finite(details["retryAfterMs"]);
  const field = refusedField(error.message);
  return {
    reaction: refusalRow(code)?.reaction ?? uncodedReaction(error, field),
    code,
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(field === undefined ? {} : { field }),
  };
}

/** The field that a schema names, as `at /client/displayName: …` or `at root: unexpected property 'pathEnv'`. */
function refusedField(message: string): OmittableField | undefined {
  const named =
    /^invalid connect params: at \S+: unexpected property '(\w+)'/u.exec(message) ??
    /^invalid connect params: at \/(?:client\/)?(\w+):/u.exec(message);
  return OMITTABLE_FIELDS.find((field) => field === named?.[1]);
}

function uncodedReaction(error: ErrorShape, field: OmittableField | undefined): RefusalReaction {
  const row = UNCODED_ROWS.find(
    ({ code, message = "", retryable = false, reaction }) =>
      (code === "*" || code === error.code) &&
      error.message.startsWith(message) &&
      (!retryable || error.retryable === true) &&
      (reaction !== "omit-field" || field !== undefined),
  );
  return row?.reaction ?? "send-anew";
}

/** Codes and ids end up in sentences and command lines for a person; anything but a plain word is not one. */
function word(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w.:-]{1,128}$/u.test(value) ? value : undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
