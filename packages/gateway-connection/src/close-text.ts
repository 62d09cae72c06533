import { utf8Length } from "@openclaw/protocol";
import type { SocketClose } from "./errors.ts";
import { CONNECTION_LIMITS } from "./limits.ts";
import { shownText } from "./shown-text.ts";

/** How a socket closed, for a sentence. */
export function describeClose(close: SocketClose): string {
  return close.reason === "" ? `code ${close.code}` : `code ${close.code}, ${shownText(close.reason)}`;
}

/** As much of a reason as a close frame holds, without half a character at the end. */
export function closeReason(text: string): string {
  const { closeReasonBytes } = CONNECTION_LIMITS;
  if (utf8Length(text) <= closeReasonBytes) return text;
  return new TextDecoder().decode(Buffer.from(text).subarray(0, closeReasonBytes)).replace(/\uFFFD$/u, "");
}
