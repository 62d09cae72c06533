import type { Role } from "@openclaw/protocol";
import type { ApprovalsDocument } from "./approvals-document.ts";

export interface DeviceTokenRecord {
  readonly role: Role;
  token: string;
  scopes: readonly string[];
  readonly createdAtMs: number;
  rotatedAtMs?: number | undefined;
  revokedAtMs?: number | undefined;
  lastUsedAtMs?: number | undefined;
}

/** A paired device. Times are milliseconds since the epoch. */
export interface DeviceRecord {
  readonly deviceId: string;
  readonly publicKey: string;
  displayName?: string | undefined;
  platform: string;
  deviceFamily?: string | undefined;
  clientId: string;
  clientMode: string;
  remoteIp?: string | undefined;
  role: Role;
  roles: readonly Role[];
  scopes: readonly string[];
  approvedVia: "silent" | "owner";
  readonly createdAtMs: number;
  approvedAtMs: number;
  lastSeenAtMs?: number | undefined;
  tokens: { node?: DeviceTokenRecord | undefined; operator?: DeviceTokenRecord | undefined };
}

/** The command surface that an operator approved for a node. */
export interface SurfaceRecord {
  readonly nodeId: string;
  readonly token: string;
  displayName?: string | undefined;
  platform: string;
  version: string;
  deviceFamily?: string | undefined;
  remoteIp?: string | undefined;
  clientId: string;
  clientMode: string;
  caps: readonly string[];
  commands: readonly string[];
  readonly createdAtMs: number;
  approvedAtMs: number;
  lastConnectedAtMs?: number | undefined;
}

/** All that survives a restart. */
export interface GatewayState {
  token: string;
  readonly devices: Map<string, DeviceRecord>;
  readonly surfaces: Map<string, SurfaceRecord>;
  execApprovals?: ApprovalsDocument | undefined;
}

export function emptyState(token: string): GatewayState {
  return { token, devices: new Map(), surfaces: new Map() };
}
