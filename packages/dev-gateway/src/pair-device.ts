import type { ConnectParams, ErrorShape, Role } from "@openclaw/protocol";
import { broadcast } from "./broadcast.ts";
import type { Connection } from "./connection.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import type { DeviceRecord, DeviceTokenRecord } from "./gateway-state.ts";
import { pairingNeed, type PairingReason } from "./pairing-need.ts";
import type { DeviceRequest } from "./pairing-store.ts";

export interface PairingClaim {
  readonly params: ConnectParams;
  readonly device: NonNullable<ConnectParams["device"]>;
  readonly role: Role;
  readonly scopes: readonly string[];
  /** A setup code speaks for the operator. */
  readonly byCode: boolean;
}

export type PairingOutcome =
  | { readonly ok: true; readonly token: DeviceTokenRecord }
  | { readonly ok: false; readonly error: ErrorShape; readonly reason: string };

/** Lets a device in, or makes the request that an operator answers. Source: protocol section 2.6. */
export function pairDevice(parts: GatewayParts, connection: Connection, claim: PairingClaim): PairingOutcome {
  const { pairing, rules } = parts;
  const { remote, remoteIp } = connection.origin;
  const known = pairing.device(claim.device.id);
  const need = pairingNeed(known, claim.params, claim.role, claim.scopes, remote, rules);
  if (need.kind === "none" && known !== undefined) return admitted(parts, known, claim);
  const silent = need.kind === "approve-silently" || claim.byCode;
  const asked = {
    connect: claim.params,
    device: claim.device,
    role: claim.role,
    scopes: claim.scopes,
    remoteIp,
  };
  const { request, created } = pairing.request(asked, silent);
  if (silent) {
    const device = pairing.approve(request.requestId, "silent");
    announceDecision(parts, request, "approved", true);
    if (device !== undefined) return admitted(parts, device, claim);
  }
  const reason = need.kind === "ask" ? need.reason : "not-paired";
  if (created) {
    broadcast(parts.connections, "device.pair.requested", request);
    parts.emit({
      type: "pairing-requested",
      requestId: request.requestId,
      deviceId: request.deviceId,
      role: request.role,
      reason,
      ...(request.displayName === undefined ? {} : { displayName: request.displayName }),
    });
    parts.log(`device ${request.deviceId.slice(0, 12)} asks to be paired: request ${request.requestId}`);
  }
  return notPaired(parts, request, reason, known);
}

/** Tells operators and listeners that a device request was answered. */
export function announceDecision(
  parts: GatewayParts,
  request: Pick<DeviceRequest, "requestId" | "deviceId">,
  decision: "approved" | "rejected",
  silent: boolean,
): void {
  const { requestId, deviceId } = request;
  broadcast(parts.connections, "device.pair.resolved", {
    requestId,
    deviceId,
    decision,
    ts: parts.now(),
  });
  parts.emit({ type: "pairing-resolved", requestId, deviceId, decision, silent });
}

function admitted(parts: GatewayParts, device: DeviceRecord, claim: PairingClaim): PairingOutcome {
  const { client } = claim.params;
  device.displayName = client.displayName;
  device.deviceFamily ??= client.deviceFamily;
  device.lastSeenAtMs = parts.now();
  return { ok: true, token: parts.pairing.token(device, claim.role, claim.scopes) };
}

const REQUIREMENTS: Readonly<Record<PairingReason, { readonly text: string; readonly hint: string }>> = {
  "not-paired": {
    text: "device is not approved yet",
    hint: "Approve this device from the pending pairing requests.",
  },
  "role-upgrade": {
    text: "device is asking for a higher role than currently approved",
    hint: "Review the requested role upgrade, then approve the pending request.",
  },
  "scope-upgrade": {
    text: "device is asking for more scopes than currently approved",
    hint: "Review the requested scopes, then approve the pending upgrade.",
  },
  "metadata-upgrade": {
    text: "device identity changed and must be re-approved",
    hint: "Review the refreshed device details, then approve the pending request.",
  },
};

function notPaired(
  parts: GatewayParts,
  request: DeviceRequest,
  reason: PairingReason,
  known: DeviceRecord | undefined,
): PairingOutcome {
  const { rules } = parts;
  const { requestId } = request;
  if (!rules.pairingHints) {
    const details = rules.detailCodes ? { code: "PAIRING_REQUIRED", requestId, reason } : { requestId };
    const message = "pairing required";
    return { ok: false, error: { code: "NOT_PAIRED", message, details }, reason: message };
  }
  const { text, hint } = REQUIREMENTS[reason];
  const message = `pairing required: ${text}`;
  const details = {
    code: "PAIRING_REQUIRED",
    reason,
    requestId,
    remediationHint: hint,
    deviceId: request.deviceId,
    requestedRole: request.role,
    ...(request.scopes.length === 0 ? {} : { requestedScopes: request.scopes }),
    ...(known === undefined ? {} : { approvedRoles: known.roles }),
    ...(known === undefined || known.scopes.length === 0 ? {} : { approvedScopes: known.scopes }),
  };
  return {
    ok: false,
    error: { code: "NOT_PAIRED", message, details },
    reason: `${message} (requestId: ${requestId})`,
  };
}
