import type { GatewayEndpoint, LinkState } from "@openclaw/gateway-connection";
import type { SurfaceState } from "./surface-watch.ts";

export interface StateLine {
  readonly level: "debug" | "info" | "warn";
  readonly text: string;
  /** Lines in a row with the same topic say the same thing again. */
  readonly topic?: string;
}

/** What a person at the terminal reads when the link changes its state. */
export function describeLink(
  state: LinkState,
  endpoint: GatewayEndpoint,
  now: number = Date.now(),
): StateLine | undefined {
  switch (state.state) {
    case "resolving":
      return { level: "debug", text: `connecting to ${endpoint.url}` };
    case "connecting":
    case "challenged":
    // Said by the approval itself.
    case "surface-pending":
      return undefined;
    case "draining":
      return { level: "debug", text: `the connection is about to end: ${state.why}` };
    case "ready":
      return {
        level: "info",
        text: `connected to the Gateway at ${endpoint.url} (version ${state.hello.server.version}, protocol ${state.hello.protocol})`,
      };
    case "stopped":
      return state.phase === "idle"
        ? undefined
        : { level: "debug", text: `the link is closed: ${state.why}` };
    case "pairing-pending":
    case "backing-off":
      return describeWait(state, seconds(state.retryAt - now));
  }
}

function describeWait(state: Extract<LinkState, { phase: "waiting" }>, again: string): StateLine {
  switch (state.cause) {
    case "pairing":
      return {
        level: "info",
        topic: `pairing ${state.requestId ?? ""}`,
        text:
          state.requestId === undefined
            ? "waiting to be paired; on the Gateway: openclaw devices list, then openclaw devices approve <request id>"
            : `waiting to be paired; on the Gateway: openclaw devices approve ${state.requestId}`,
      };
    case "swap":
      return { level: "debug", text: `${state.why}; trying once more` };
    case "credentials":
      return {
        level: "warn",
        topic: `credentials ${state.why}`,
        text: `${state.why}; a person has to mend this; trying again in ${again}, until it works`,
      };
    case "gateway-busy":
    case "gateway-down":
    case "network":
      return {
        level: "warn",
        topic: `network ${state.why}`,
        text: `${state.why}; trying again in ${again}, until it answers`,
      };
  }
}

export function describeSurface(state: SurfaceState): StateLine | undefined {
  switch (state.stage) {
    case "unknown":
    case "not-needed":
      return undefined;
    case "approved":
      return { level: "info", text: "the Gateway has approved this node's commands; ready for work" };
    case "not-asked":
      return {
        level: "warn",
        text: `this Gateway asks only once and has not approved ${state.added.join(", ")}; to have it asked again, remove this node there: openclaw devices remove <device id>`,
      };
    case "rejected":
      if (state.added !== undefined)
        return {
          level: "warn",
          text: `the operator rejected ${state.added.join(", ")}; what was approved before stays`,
        };
      return {
        level: "warn",
        text: "the operator rejected this node's commands; after a restart of this node they can be approved again",
      };
    case "pending":
      if (state.added !== undefined)
        return {
          level: "info",
          text: `${state.added.join(", ")} came on top of what was approved before; if they are not approved yet, on the Gateway: openclaw nodes pending, then openclaw nodes approve <request id>`,
        };
      return {
        level: "info",
        text:
          state.requestId === undefined
            ? "if this node is new, its commands must be approved; on the Gateway: openclaw nodes pending, then openclaw nodes approve <request id>"
            : `waiting for this node's commands to be approved; on the Gateway: openclaw nodes approve ${state.requestId}`,
      };
  }
}

function seconds(ms: number): string {
  const whole = Math.max(1, Math.round(ms / 1000));
  return whole < 120 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
