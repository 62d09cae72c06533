import type { DeviceRecord } from "./gateway-state.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { present, type Fields } from "./plain-object.ts";

/** A paired device with the keys of an era; tokens are listed, never shown. Source: protocol section 5. */
export function shownDevice(device: DeviceRecord, parts: GatewayParts): Fields {
  const { era } = parts.rules;
  const newest = era === "2026.9";
  const oldest = era === "2026.2";
  const surface = newest ? parts.surfaces.approved(device.deviceId) : undefined;
  const connected = [...parts.connections].some(
    (connection) => connection.session?.deviceId === device.deviceId,
  );
  return present({
    deviceId: device.deviceId,
    publicKey: device.publicKey,
    displayName: device.displayName,
    platform: device.platform,
    deviceFamily: oldest ? undefined : device.deviceFamily,
    clientId: device.clientId,
    clientMode: device.clientMode,
    role: device.role,
    roles: device.roles,
    scopes: oldest && device.scopes.length === 0 ? undefined : device.scopes,
    remoteIp: device.remoteIp,
    approvedVia: newest ? device.approvedVia : undefined,
    nodeSurface:
      surface === undefined
        ? undefined
        : present({
            displayName: surface.displayName,
            version: surface.version,
            caps: surface.caps,
            commands: surface.commands,
            createdAtMs: surface.createdAtMs,
            approvedAtMs: surface.approvedAtMs,
            lastConnectedAtMs: surface.lastConnectedAtMs,
          }),
    pendingNodeSurface: newest ? pendingSurface(parts, device.deviceId) : undefined,
    createdAtMs: device.createdAtMs,
    approvedAtMs: device.approvedAtMs,
    ...(newest || era === "2026.6"
      ? {
          lastSeenAtMs: device.lastSeenAtMs,
          lastSeenReason: device.lastSeenAtMs === undefined ? undefined : "connect",
        }
      : {}),
    connected: newest ? connected : undefined,
    tokens: [device.tokens.node, device.tokens.operator]
      .filter((record) => record !== undefined)
      .map(({ token: _secret, ...shown }) => shown),
  });
}

/** The device inside the answer to an approval. */
export function shownPairing(device: DeviceRecord, parts: GatewayParts): Fields {
  const all = shownDevice(device, parts);
  const { connected: _connected, lastSeenAtMs: _seen, lastSeenReason: _why, ...shown } = all;
  return shown;
}

function pendingSurface(parts: GatewayParts, nodeId: string): Fields | undefined {
  const request = parts.surfaces.pendingOf(nodeId);
  if (request === undefined) return undefined;
  return present({
    requestId: request.requestId,
    revision: request.requestId,
    displayName: request.displayName,
    platform: request.platform,
    version: request.version,
    deviceFamily: request.deviceFamily,
    caps: request.caps,
    commands: request.commands,
    silent: request.silent ? true : undefined,
    ts: request.ts,
  });
}
