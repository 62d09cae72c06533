import type { LinkView, SurfaceView } from "./host-status.ts";

/** What a running host is doing, for a person: in the service manager's list, in `node status`, in `node doctor`. */
export interface ConnectionText {
  readonly text: string;
  /** Connected, and nothing is known to be missing. */
  readonly ready: boolean;
  /** What to type on the Gateway's machine. */
  readonly onGateway?: string;
}

export function connectionText(link: LinkView, surface: SurfaceView, gateway: string): ConnectionText {
  switch (link.phase) {
    case "ready":
      return surfaceText(surface, `connected to ${gateway}`);
    case "waiting":
      return link.cause === "pairing" || link.requestId !== undefined
        ? {
            text: "waiting to be paired",
            ready: false,
            onGateway: `openclaw devices ${approveOrList(link.requestId)}`,
          }
        : { text: `not connected: ${link.why ?? "unknown reason"}`, ready: false };
    case "stopped":
      return { text: `stopped${link.why === undefined ? "" : `: ${link.why}`}`, ready: false };
    case "idle":
    case "connecting":
      return { text: `connecting to ${gateway}`, ready: false };
    // A host of another version may know more phases.
    default:
      return { text: link.phase, ready: false };
  }
}

function surfaceText(surface: SurfaceView, connected: string): ConnectionText {
  if (surface.stage === "rejected" && surface.added !== undefined)
    return { text: `${connected}; some of this node's commands were rejected`, ready: true };
  if (surface.stage === "not-asked")
    return { text: `${connected}; some of this node's commands are not approved`, ready: true };
  if (surface.stage === "rejected")
    return { text: `${connected}; the operator rejected this node's commands`, ready: false };
  if (surface.stage !== "pending" || surface.requestId === undefined) return { text: connected, ready: true };
  return {
    text: `${connected}; waiting for this node's commands to be approved`,
    ready: false,
    onGateway: `openclaw nodes approve ${surface.requestId}`,
  };
}

function approveOrList(requestId: string | undefined): string {
  return requestId === undefined ? "list" : `approve ${requestId}`;
}

/** The same on one line, for `STATUS=`; `now` and times in milliseconds since the epoch. */
export function serviceStatusText(link: LinkView, surface: SurfaceView, gateway: string): string {
  const { text, onGateway } = connectionText(link, surface, gateway);
  if (onGateway !== undefined) return `${text}; on the Gateway: ${onGateway}`;
  if (link.phase !== "waiting" || link.retryAt === undefined) return text;
  return `${text}; next try at ${new Date(link.retryAt).toTimeString().slice(0, 8)}`;
}
