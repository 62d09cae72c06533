import type { EraRules } from "./era.ts";
import type { DeviceRecord, SurfaceRecord } from "./gateway-state.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import type { NodeSession } from "./node-registry.ts";
import { present, type Fields } from "./plain-object.ts";
import type { SurfaceRequest } from "./surface-store.ts";

/** All nodes that are known or connected: connected ones first, then by name. Source: protocol section 5. */
export function nodeViews(parts: GatewayParts): readonly Fields[] {
  const ids = new Set(
    parts.pairing
      .devices()
      .filter((device) => device.roles.includes("node"))
      .map((device) => device.deviceId),
  );
  for (const session of parts.nodes.connected()) ids.add(session.nodeId);
  for (const surface of parts.surfaces.all()) ids.add(surface.nodeId);
  return [...ids]
    .map((nodeId) => nodeView(parts, nodeId))
    .filter((view) => view !== undefined)
    .toSorted((a, b) => order(a) - order(b) || sortName(a).localeCompare(sortName(b)));
}

/** One node as `node.describe` shows it; undefined when nothing is known of it. */
export function nodeView(parts: GatewayParts, nodeId: string): Fields | undefined {
  const device = parts.pairing.device(nodeId);
  const session = parts.nodes.node(nodeId);
  const surface = parts.surfaces.approved(nodeId);
  const paired = device?.roles.includes("node") ?? false;
  if (!paired && session === undefined && surface === undefined) return undefined;
  const { rules } = parts;
  const pending = parts.surfaces.pendingOf(nodeId);
  const newest = rules.era === "2026.9";
  const remembered = newest || rules.era === "2026.6" ? surface : undefined;
  const from = session?.declared ?? remembered ?? (newest ? pending : undefined);
  return present({
    nodeId,
    displayName: session?.displayName ?? remembered?.displayName ?? device?.displayName,
    platform: from?.platform ?? device?.platform,
    version: from?.version,
    ...(rules.surfaceApproval === "none"
      ? {}
      : { clientId: from?.clientId ?? device?.clientId, clientMode: from?.clientMode ?? device?.clientMode }),
    deviceFamily: from?.deviceFamily ?? (newest ? device?.deviceFamily : undefined),
    remoteIp: from?.remoteIp ?? device?.remoteIp,
    ...names(rules, session, surface),
    ...(newest ? newestFields(session) : {}),
    pathEnv: session?.pathEnv,
    ...(newest ? approvalFields(session, surface, pending) : {}),
    connectedAtMs: session?.connectedAtMs,
    ...seenFields(rules, session, surface, device),
    paired,
    connected: session !== undefined,
  });
}

function names(
  rules: EraRules,
  session: NodeSession | undefined,
  surface: SurfaceRecord | undefined,
): Fields {
  const kept = rules.era === "2026.9" || rules.era === "2026.6" ? surface : undefined;
  return {
    caps: (session?.caps ?? kept?.caps ?? []).toSorted(),
    commands: (session?.commands ?? kept?.commands ?? []).toSorted(),
  };
}

function newestFields(session: NodeSession | undefined): Fields {
  return {
    sessionHost: false,
    hostStats: session?.hostStats,
    nodePluginTools: session === undefined ? undefined : [],
  };
}

function approvalFields(
  session: NodeSession | undefined,
  surface: SurfaceRecord | undefined,
  pending: SurfaceRequest | undefined,
): Fields {
  const state =
    pending === undefined
      ? surface === undefined
        ? "unapproved"
        : "approved"
      : surface === undefined
        ? "pending-approval"
        : "pending-reapproval";
  return {
    approvalState: state,
    pendingRequestId: pending?.requestId,
    pendingDeclaredCaps: pending?.caps.toSorted(),
    pendingDeclaredCommands: pending?.commands.toSorted(),
  };
}

function seenFields(
  rules: EraRules,
  session: NodeSession | undefined,
  surface: SurfaceRecord | undefined,
  device: DeviceRecord | undefined,
): Fields {
  if (rules.surfaceApproval === "none") return {};
  const approvedAtMs = surface?.approvedAtMs ?? device?.approvedAtMs;
  if (rules.era === "2026.3") return { approvedAtMs };
  const seen = session?.connectedAtMs ?? device?.lastSeenAtMs;
  return {
    ...(rules.era === "2026.9"
      ? { lastConnectedAtMs: session?.connectedAtMs ?? surface?.lastConnectedAtMs }
      : {}),
    lastSeenAtMs: seen,
    lastSeenReason: seen === undefined ? undefined : "connect",
    approvedAtMs,
  };
}

function order(view: Fields): number {
  return view["connected"] === true ? 0 : 1;
}

function sortName(view: Fields): string {
  const name = view["displayName"] ?? view["nodeId"];
  return typeof name === "string" ? name.toLowerCase() : "";
}
