import type { EraRules } from "./era.ts";
import type { SurfaceRecord } from "./gateway-state.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { present, type Fields } from "./plain-object.ts";
import type { SurfaceRequest } from "./surface-store.ts";

/** Running programs needs an administrator, any other command an operator who may write. */
export function requiredScopes(
  request: Pick<SurfaceRequest, "commands">,
  rules: EraRules,
): readonly string[] {
  const { commands } = request;
  const admin = commands.some((name) => name.startsWith("system.") || name.startsWith("browser.proxy"));
  if (admin && rules.surfaceApproval === "live") return ["operator.pairing", "operator.admin"];
  return commands.length > 0 ? ["operator.pairing", "operator.write"] : ["operator.pairing"];
}

/** A pending surface request with the keys of an era. Source: protocol section 5. */
export function shownRequest(request: SurfaceRequest, rules: EraRules): Fields {
  const newest = rules.era === "2026.9";
  const common = {
    requestId: request.requestId,
    nodeId: request.nodeId,
    ...(newest ? { clientId: request.clientId, clientMode: request.clientMode } : {}),
    ...present({
      displayName: request.displayName,
      platform: request.platform,
      version: request.version,
      deviceFamily: request.deviceFamily,
    }),
    caps: request.caps,
    commands: request.commands,
    ...present({ remoteIp: request.remoteIp }),
  };
  if (rules.era === "2026.3") return { ...common, isRepair: request.isRepair, ts: request.ts };
  const requiredApproveScopes = requiredScopes(request, rules);
  if (!newest) return { ...common, silent: false, ts: request.ts, requiredApproveScopes };
  return {
    ...common,
    requiredApproveScopes,
    ...(request.silent ? { silent: true } : {}),
    ts: request.ts,
  };
}

/** An approved surface; the older eras show a token of their own, which opens nothing. */
export function shownSurface(surface: SurfaceRecord, parts: GatewayParts): Fields {
  const { rules } = parts;
  const newest = rules.era === "2026.9";
  const seen = parts.pairing.device(surface.nodeId)?.lastSeenAtMs;
  return {
    nodeId: surface.nodeId,
    ...(newest ? { clientId: surface.clientId, clientMode: surface.clientMode } : { token: surface.token }),
    ...present({
      displayName: surface.displayName,
      platform: surface.platform,
      version: surface.version,
      deviceFamily: surface.deviceFamily,
    }),
    caps: surface.caps,
    commands: surface.commands,
    ...present({ remoteIp: surface.remoteIp }),
    createdAtMs: surface.createdAtMs,
    approvedAtMs: surface.approvedAtMs,
    ...present({ lastConnectedAtMs: surface.lastConnectedAtMs }),
    ...(newest
      ? present({
          lastSeenAtMs: seen,
          lastSeenReason: seen === undefined ? undefined : "connect",
        })
      : {}),
  };
}
