import type { BrowserProfile } from "../browser/browser-profile.ts";
import type { BrowserCall } from "../browser-call.ts";
import { browserRefusalText } from "../errors.ts";
import type { BrowserProxyError } from "../errors.ts";
import type { AnswerFile } from "../files/issued-files.ts";

/** Whose shapes a Gateway knows: those of February 2026 or those of September 2026. */
export type BrowserEra = "2026.2" | "2026.9";

/** What a route says, before it is put into the words of an era. */
export type RouteOutcome =
  | { readonly ok: true; readonly result: Readonly<Record<string, unknown>> }
  | RouteFailure;

export interface RouteFailure {
  readonly ok: false;
  /** As in HTTP. */
  readonly status: number;
  readonly error: string;
  /** Whether the older shape shows it as a stringified exception, with one more `Error: ` in front. */
  readonly thrown?: boolean;
  /** `ACT_…` codes of the newer shape. */
  readonly code?: string;
  readonly reason?: "navigation_blocked";
}

/** The browser profile that a call was routed to; undefined where there is none to name. */
export interface RoutedProfile {
  readonly profile: string;
  readonly driver: string;
}

export type InvokeAnswer =
  | { readonly ok: true; readonly payload: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly error: { readonly code: "INVALID_REQUEST"; readonly message: string } };

export interface AnswerFrame {
  readonly call: Pick<BrowserCall, "errorEnvelope">;
  readonly era: BrowserEra;
  readonly routed: RoutedProfile | undefined;
  readonly files?: readonly AnswerFile[];
}

/** The answer to the Gateway (browser proxy section 5), for both eras and with or without the structured envelope. */
export function invokeAnswer(outcome: RouteOutcome, frame: AnswerFrame): InvokeAnswer {
  const { call, era, routed, files = [] } = frame;
  const route = routed === undefined ? { status: "unavailable" } : { status: "resolved", ...routed };
  const addition = call.errorEnvelope ? { route } : {};
  if (outcome.ok) {
    const attached = files.length === 0 ? {} : { files };
    return { ok: true, payload: { result: outcome.result, ...attached, ...addition } };
  }
  const { status, error, code, reason } = outcome;
  if (call.errorEnvelope) {
    const body = {
      error,
      ...(code === undefined ? {} : { code }),
      ...(reason === undefined ? {} : { reason }),
    };
    return { ok: true, payload: { error: { status, body }, ...addition } };
  }
  const prefix = era === "2026.9" ? `${String(status)}: ` : outcome.thrown === true ? "Error: " : "";
  return failedInvoke(`Error: ${prefix}${error}`);
}

/**
 * The answer to a call that was refused before any route. A route that does not exist is a route failure, and the one
 * refusal that goes into the envelope.
 */
export function refusedInvoke(error: BrowserProxyError, frame: AnswerFrame): InvokeAnswer {
  if (error.code === "unknown-route")
    return invokeAnswer({ ok: false, status: 404, error: "Not Found" }, frame);
  return failedInvoke(browserRefusalText(error));
}

/** A call that took longer than it was given; newer Gateways are told what the browser does meanwhile, where that is known. */
export function timedOutInvoke(
  call: Pick<BrowserCall, "method" | "segments" | "timeoutMs">,
  era: BrowserEra,
  profile: string,
  state?: { readonly running: boolean; readonly way: BrowserProfile["way"] },
): InvokeAnswer {
  if (era === "2026.2") return failedInvoke("Error: browser proxy request timed out");
  const path = `/${(call.segments ?? []).join("/")}`;
  const pages = ["/act", "/navigate", "/pdf", "/screenshot", "/snapshot", "/download", "/wait/download"];
  const kind = pages.includes(path) ? "ws-backed browser action" : "browser action";
  const what = `browser proxy timed out for ${call.method} ${path} after ${String(call.timeoutMs)}ms`;
  return failedInvoke(`Error: ${what}; ${kind}; profile=${profile}${stateText(state)}`);
}

/** Of a browser elsewhere the address is the owner's own business. */
function stateText(state: Parameters<typeof timedOutInvoke>[3]): string {
  if (state === undefined) return "";
  const ready = String(state.running);
  const url = state.way === "remote" ? "" : ", cdpUrl=null";
  return `; status(running=${ready}, cdpHttp=${ready}, cdpReady=${ready}, transport=cdp${url})`;
}

function failedInvoke(message: string): InvokeAnswer {
  return { ok: false, error: { code: "INVALID_REQUEST", message } };
}
