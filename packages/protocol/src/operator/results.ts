import * as z from "zod/mini";
import { nonEmptyText, orAbsent, orElse } from "../field-schemas.ts";

/** A node as `node.list` and `node.describe` show it; absent on some eras where optional. Source: protocol section 5. */
export interface NodeInfo {
  readonly nodeId: string;
  readonly displayName?: string | undefined;
  readonly platform?: string | undefined;
  readonly version?: string | undefined;
  readonly deviceFamily?: string | undefined;
  readonly remoteIp?: string | undefined;
  readonly caps: readonly string[];
  readonly commands: readonly string[];
  readonly pathEnv?: string | undefined;
  readonly connectedAtMs?: number | undefined;
  readonly approvedAtMs?: number | undefined;
  readonly lastSeenAtMs?: number | undefined;
  readonly lastConnectedAtMs?: number | undefined;
  readonly lastDisconnectedAtMs?: number | undefined;
  readonly approvalState?: string | undefined;
  readonly pendingRequestId?: string | undefined;
  readonly paired: boolean;
  readonly connected: boolean;
}

const text = orAbsent(z.string());
const number = orAbsent(z.number());
const names = orElse<readonly string[], readonly string[]>(z.array(z.string()), []);
const flag = orElse(z.boolean(), false);

export const nodeInfoSchema: z.ZodMiniType<NodeInfo> = z.object({
  nodeId: nonEmptyText,
  displayName: text,
  platform: text,
  version: text,
  deviceFamily: text,
  remoteIp: text,
  caps: names,
  commands: names,
  pathEnv: text,
  connectedAtMs: number,
  approvedAtMs: number,
  lastSeenAtMs: number,
  lastConnectedAtMs: number,
  lastDisconnectedAtMs: number,
  approvalState: text,
  pendingRequestId: text,
  paired: flag,
  connected: flag,
});

export const nodeListSchema: z.ZodMiniType<{ readonly nodes: readonly NodeInfo[] }> = z.object({
  nodes: z.array(nodeInfoSchema),
});

/** A node that waits for its command surface to be approved. */
export interface SurfaceRequest {
  readonly requestId: string;
  readonly nodeId: string;
  readonly displayName?: string | undefined;
  readonly platform?: string | undefined;
  readonly remoteIp?: string | undefined;
  readonly caps: readonly string[];
  readonly commands: readonly string[];
  /** Milliseconds since the epoch. */
  readonly ts?: number | undefined;
}

const surfaceRequestSchema: z.ZodMiniType<SurfaceRequest> = z.object({
  requestId: nonEmptyText,
  nodeId: nonEmptyText,
  displayName: text,
  platform: text,
  remoteIp: text,
  caps: names,
  commands: names,
  ts: number,
});

export interface PairedNode {
  readonly nodeId: string;
  readonly displayName?: string | undefined;
  readonly platform?: string | undefined;
  readonly remoteIp?: string | undefined;
  readonly lastConnectedAtMs?: number | undefined;
  readonly approvedAtMs?: number | undefined;
}

export interface NodePairList {
  readonly pending: readonly SurfaceRequest[];
  readonly paired: readonly PairedNode[];
}

export const nodePairListSchema: z.ZodMiniType<NodePairList> = z.object({
  pending: z.array(surfaceRequestSchema),
  paired: z.array(
    z.object({
      nodeId: nonEmptyText,
      displayName: text,
      platform: text,
      remoteIp: text,
      lastConnectedAtMs: number,
      approvedAtMs: number,
    }),
  ),
});

/** A device that waits to be paired at all. */
export interface DeviceRequest {
  readonly requestId: string;
  readonly deviceId: string;
  readonly displayName?: string | undefined;
  readonly platform?: string | undefined;
  readonly role?: string | undefined;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly remoteIp?: string | undefined;
  readonly ts?: number | undefined;
}

export interface PairedDevice {
  readonly deviceId: string;
  readonly displayName?: string | undefined;
  readonly platform?: string | undefined;
  readonly role?: string | undefined;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly remoteIp?: string | undefined;
  readonly approvedAtMs?: number | undefined;
}

const device = {
  deviceId: nonEmptyText,
  displayName: text,
  platform: text,
  role: text,
  roles: names,
  scopes: names,
  remoteIp: text,
};

export interface DevicePairList {
  readonly pending: readonly DeviceRequest[];
  readonly paired: readonly PairedDevice[];
}

export const devicePairListSchema: z.ZodMiniType<DevicePairList> = z.object({
  pending: z.array(z.object({ ...device, requestId: nonEmptyText, ts: number })),
  paired: z.array(z.object({ ...device, approvedAtMs: number })),
});

export const nodeInvokeAnswerSchema: z.ZodMiniType<{
  readonly payload?: unknown;
  readonly payloadJSON?: string | null;
}> = z.object({
  payload: z.optional(z.unknown()),
  payloadJSON: orElse(z.string(), null),
});
