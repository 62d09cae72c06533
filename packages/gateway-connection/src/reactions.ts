import type { ConnectionErrorCode } from "./errors.ts";
import { FAILURE_ROWS, type FailureReaction } from "./failure-rows.ts";
import {
  CLOSE_ROWS,
  REFUSAL_ROWS,
  type CloseReaction,
  type RefusalReaction,
  type RefusalRow,
} from "./reaction-rows.ts";

/** What each reaction is, for a person. docs/connecting.md has the same words. */
export const REACTION_TEXTS: Readonly<Record<RefusalReaction | CloseReaction | FailureReaction, string>> = {
  "wait-for-pairing": "asks again every 5 to 30 s, for ever",
  retry: "tries again at once; after three in a row like `fix-credential`",
  "wait-as-told":
    "waits as the Gateway said: within 0.1 to 2 s while it starts (after ten times longer and longer, up to 30 s), within 5 s to 15 min after a lock-out (5 min where it names no time); up to a fifth more at random",
  "other-credential": "tries the other credential once; then like `fix-credential`",
  "other-signature": "tries the other signature once; then like `send-anew`",
  "omit-field": "leaves the named field out and tries again at once; then like `send-anew`",
  "fix-credential": "ends with 78 before the first hello ever; later looks again every 5 minutes",
  "send-anew":
    "after a hello tries twice more like `reconnect`; then, and before any hello, like `fix-credential`",
  "give-up": "the same as `fix-credential`; a protocol mismatch always ends with 78",
  reconnect: "tries again within 1.5 s, then with full jitter up to 30 s",
  "reconnect-now": "connects again at once; when it comes again soon, like `gateway-restarts`",
  "gateway-restarts":
    "the first try within 20 s, then every 19 to 20 s, so that a Gateway that is back has its nodes within 20 s",
  "new-credentials": "reads the credentials again, then like `reconnect`",
  "new-device-token": "drops the device token where there is a shared one, then like `reconnect`",
  fix: "the same as `fix-credential`",
};

/** The row for a detail code. The code comes from the wire and may be any text. */
export function refusalRow(code: string): RefusalRow | undefined {
  return (
    REFUSAL_ROWS.find((row) => row.code === code) ??
    REFUSAL_ROWS.find((row) => row.code.endsWith("*") && code.startsWith(row.code.slice(0, -1)))
  );
}

/** The code that a message without one stands for. */
export function codeOfMessage(message: string): string | undefined {
  const fitting = REFUSAL_ROWS.filter((row) => row.message !== undefined && message.startsWith(row.message));
  return fitting.toSorted((a, b) => (b.message?.length ?? 0) - (a.message?.length ?? 0))[0]?.code;
}

export function closeReaction(close: { readonly code: number; readonly reason: string }): CloseReaction {
  const row = CLOSE_ROWS.find(
    ({ code, reason }) => code === close.code && (reason === undefined || reason === close.reason),
  );
  return row?.reaction ?? "reconnect";
}

export function failureReaction(
  code: ConnectionErrorCode,
  facts: readonly (string | number | undefined)[],
): FailureReaction {
  const row = FAILURE_ROWS.find(
    ({ code: of, only }) => of === code && (only === undefined || only.some((fact) => facts.includes(fact))),
  );
  return row?.reaction ?? "reconnect";
}
