import type { HelloOk } from "@openclaw/protocol";
import type { LinkState, OpenState, StoppedState, WaitingState } from "./link-state.ts";
import type { WaitCause, WaitStep } from "./link-step.ts";

/** What can happen to a link. */
export type LinkEvent =
  | { readonly kind: "attempt" }
  /** The addresses are known, or a proxy looks them up. */
  | { readonly kind: "resolved" }
  | { readonly kind: "challenged" }
  | { readonly kind: "hello"; readonly hello: HelloOk }
  /** How far the approval of the node's commands is; `why` is absent where nothing is missing. */
  | { readonly kind: "surface"; readonly why?: string | undefined; readonly requestId?: string | undefined }
  /** The open session is about to end. */
  | { readonly kind: "drain"; readonly why: string }
  | { readonly kind: "wait"; readonly step: WaitStep; readonly delayMs: number }
  | { readonly kind: "stop"; readonly code: string; readonly why: string };

export const NOT_STARTED = "not-started";

export function initialLinkState(now: number): StoppedState {
  const why = "not started yet";
  return { state: "stopped", phase: "idle", code: NOT_STARTED, since: now, why, next: "it connects" };
}

/**
 * The state machine of a link. An event that means nothing in a state leaves it as it is: the same object comes back.
 * `now` in milliseconds since the epoch.
 */
export function nextLinkState(state: LinkState, event: LinkEvent, now: number): LinkState {
  // What has stopped stays so; only a link that never began can begin.
  if (state.state === "stopped" && state.code !== NOT_STARTED) return state;
  switch (event.kind) {
    case "attempt":
      return {
        state: "resolving",
        phase: "connecting",
        since: now,
        why: attemptReason(state),
        next: "the Gateway's name is looked up",
      };
    case "resolved":
      if (state.state !== "resolving") return state;
      return {
        state: "connecting",
        phase: "connecting",
        since: now,
        why: state.why,
        next: "TCP, TLS and the upgrade, then the Gateway's challenge",
      };
    case "challenged":
      if (state.state !== "resolving" && state.state !== "connecting") return state;
      return {
        state: "challenged",
        phase: "connecting",
        since: now,
        why: state.why,
        next: "the Gateway takes this device, or says why not",
      };
    case "hello":
      return state.phase === "connecting" ? ready(event.hello, "the Gateway said hello", now) : state;
    case "surface":
      return surface(state, event, now);
    case "drain":
      if (state.phase !== "ready" || state.state === "draining") return state;
      return {
        state: "draining",
        phase: "ready",
        since: now,
        why: event.why,
        hello: state.hello,
        next: "what runs is ended and answered, then the connection closes",
      };
    case "wait":
      return waiting(event.step, now, event.delayMs);
    case "stop":
      return {
        state: "stopped",
        phase: "stopped",
        since: now,
        why: event.why,
        code: event.code,
        next:
          event.code === "closed"
            ? "nothing, until the host is started again"
            : "a person mends this and starts the host again",
      };
  }
}

function attemptReason(state: LinkState): string {
  if (state.phase === "idle") return "the host was started";
  if (state.phase === "waiting") return `trying again after: ${state.why}`;
  return state.phase === "connecting" ? state.why : "connecting anew";
}

function ready(hello: HelloOk, why: string, now: number): OpenState {
  return { state: "ready", phase: "ready", since: now, why, hello, next: "invokes are answered" };
}

function surface(
  state: LinkState,
  { why, requestId }: Extract<LinkEvent, { kind: "surface" }>,
  now: number,
): LinkState {
  if (state.phase !== "ready" || state.state === "draining") return state;
  if (why === undefined)
    return state.state === "ready" ? state : ready(state.hello, "the commands were approved", now);
  if (state.state === "surface-pending" && state.why === why && state.requestId === requestId) return state;
  return {
    state: "surface-pending",
    phase: "ready",
    since: now,
    why,
    hello: state.hello,
    next: `an operator approves them; on the Gateway: openclaw nodes ${approve(requestId, "pending")}`,
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function waiting({ cause, why, requestId }: WaitStep, now: number, delayMs: number): WaitingState {
  const pairing = cause === "pairing";
  return {
    state: pairing ? "pairing-pending" : "backing-off",
    phase: "waiting",
    since: now,
    why,
    cause,
    retryAt: now + delayMs,
    next: pairing
      ? `an operator approves this device; on the Gateway: openclaw devices ${approve(requestId, "list")}`
      : AFTER_WAIT[cause],
    ...(requestId === undefined ? {} : { requestId }),
  };
}

const AFTER_WAIT: Readonly<Record<Exclude<WaitCause, "pairing">, string>> = {
  network: "it tries again by itself",
  "gateway-down": "it tries again by itself, spread out, so that a Gateway that starts is not run over",
  "gateway-busy": "it tries again when the Gateway said so",
  credentials: "a person mends this; until then it looks again now and then",
  swap: "it tries once more with something else",
};

function approve(requestId: string | undefined, list: string): string {
  return requestId === undefined ? list : `approve ${requestId}`;
}
