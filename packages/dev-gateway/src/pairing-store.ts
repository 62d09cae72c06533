import type { ConnectParams, Role } from "@openclaw/protocol";
import type { DeviceRecord, DeviceTokenRecord, GatewayState } from "./gateway-state.ts";
import { keepNewest } from "./keep-newest.ts";
import { LIMITS } from "./limits.ts";
import { covers } from "./pairing-need.ts";
import { same } from "./shared-auth.ts";

/** A device that waits to be let in; `ts` is milliseconds since the epoch. */
export interface DeviceRequest {
  readonly requestId: string;
  readonly deviceId: string;
  readonly publicKey: string;
  readonly displayName?: string;
  readonly platform: string;
  readonly deviceFamily?: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly role: Role;
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
  readonly remoteIp?: string;
  readonly silent: boolean;
  readonly isRepair: boolean;
  readonly ts: number;
}

export interface DeviceClaim {
  readonly connect: ConnectParams;
  readonly device: NonNullable<ConnectParams["device"]>;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly remoteIp?: string | undefined;
}

/** Devices, their tokens and the requests that wait; every change is reported to `changed`. */
export interface PairingStore {
  device(deviceId: string): DeviceRecord | undefined;
  devices(): readonly DeviceRecord[];
  pending(): readonly DeviceRequest[];
  /** The living request of this device for the same thing, else a new one. */
  request(
    claim: DeviceClaim,
    silent: boolean,
  ): { readonly request: DeviceRequest; readonly created: boolean };
  approve(requestId: string, via: "silent" | "owner"): DeviceRecord | undefined;
  reject(requestId: string): DeviceRequest | undefined;
  remove(deviceId: string): boolean;
  /** The device's token for a role, made when there is none. */
  token(device: DeviceRecord, role: Role, scopes: readonly string[]): DeviceTokenRecord;
  ownsToken(deviceId: string, role: Role, token: string): boolean;
  rotate(deviceId: string, role: Role, scopes?: readonly string[]): DeviceTokenRecord | undefined;
  revoke(deviceId: string, role: Role): DeviceTokenRecord | undefined;
}

export interface PairingStoreParts {
  readonly state: GatewayState;
  readonly now: () => number;
  readonly newId: () => string;
  readonly newToken: () => string;
  readonly changed: () => void;
}

export function createPairingStore(parts: PairingStoreParts): PairingStore {
  const { state, now, newId, newToken, changed } = parts;
  const requests = new Map<string, DeviceRequest>();
  const living = (): DeviceRequest[] => {
    for (const [id, request] of requests) {
      if (now() - request.ts >= LIMITS.pairingRequestMs) requests.delete(id);
    }
    return [...requests.values()];
  };
  const makeToken = (device: DeviceRecord, role: Role, scopes: readonly string[]): DeviceTokenRecord => {
    const record: DeviceTokenRecord = {
      role,
      token: newToken(),
      scopes: scopes.toSorted(),
      createdAtMs: now(),
    };
    device.tokens[role] = record;
    return record;
  };
  return {
    device: (deviceId) => state.devices.get(deviceId),
    devices: () => [...state.devices.values()].toSorted((a, b) => b.approvedAtMs - a.approvedAtMs),
    pending: () => living().toSorted((a, b) => b.ts - a.ts),
    request: (claim, silent) => {
      const known = state.devices.get(claim.device.id);
      const old = living().find((request) => request.deviceId === claim.device.id);
      if (old !== undefined && asksTheSame(old, claim)) return { request: old, created: false };
      if (old !== undefined) requests.delete(old.requestId);
      const request = newRequest(claim, known, { requestId: newId(), silent, ts: now() });
      requests.set(request.requestId, request);
      keepNewest(requests, LIMITS.pendingDevices);
      return { request, created: true };
    },
    approve: (requestId, via) => {
      const request = living().find((candidate) => candidate.requestId === requestId);
      if (request === undefined) return undefined;
      requests.delete(requestId);
      const device = admit(request, state.devices.get(request.deviceId), via, now());
      state.devices.delete(device.deviceId);
      state.devices.set(device.deviceId, device);
      keepNewest(state.devices, LIMITS.devices);
      const token = device.tokens[request.role];
      const scopes = request.role === "operator" ? device.scopes.filter(isOperatorScope) : [];
      if (token === undefined || token.revokedAtMs !== undefined) makeToken(device, request.role, scopes);
      else token.scopes = scopes.toSorted();
      changed();
      return device;
    },
    reject: (requestId) => {
      const request = living().find((candidate) => candidate.requestId === requestId);
      requests.delete(requestId);
      return request;
    },
    remove: (deviceId) => {
      const removed = state.devices.delete(deviceId);
      for (const request of requests.values()) {
        if (request.deviceId === deviceId) requests.delete(request.requestId);
      }
      if (removed) changed();
      return removed;
    },
    token: (device, role, scopes) => {
      const record = device.tokens[role];
      if (record !== undefined && record.revokedAtMs === undefined) return record;
      const made = makeToken(device, role, scopes);
      changed();
      return made;
    },
    ownsToken: (deviceId, role, token) => {
      const record = state.devices.get(deviceId)?.tokens[role];
      if (record === undefined || record.revokedAtMs !== undefined) return false;
      if (!same(record.token, token)) return false;
      record.lastUsedAtMs = now();
      changed();
      return true;
    },
    rotate: (deviceId, role, scopes) => {
      const device = state.devices.get(deviceId);
      const record = device?.tokens[role];
      if (device === undefined || record === undefined) return undefined;
      if (scopes !== undefined && !scopes.every((scope) => covers(device.scopes, scope))) return undefined;
      record.token = newToken();
      record.rotatedAtMs = now();
      if (scopes !== undefined) record.scopes = scopes;
      delete record.revokedAtMs;
      changed();
      return record;
    },
    revoke: (deviceId, role) => {
      const record = state.devices.get(deviceId)?.tokens[role];
      if (record === undefined) return undefined;
      record.revokedAtMs = now();
      changed();
      return record;
    },
  };
}

function asksTheSame(request: DeviceRequest, claim: DeviceClaim): boolean {
  return (
    request.role === claim.role &&
    request.remoteIp === claim.remoteIp &&
    request.scopes.join() === claim.scopes.join()
  );
}

function newRequest(
  claim: DeviceClaim,
  known: DeviceRecord | undefined,
  made: Pick<DeviceRequest, "requestId" | "silent" | "ts">,
): DeviceRequest {
  const { client } = claim.connect;
  return {
    requestId: made.requestId,
    deviceId: claim.device.id,
    publicKey: claim.device.publicKey,
    ...(client.displayName === undefined ? {} : { displayName: client.displayName }),
    platform: client.platform,
    ...(client.deviceFamily === undefined ? {} : { deviceFamily: client.deviceFamily }),
    clientId: client.id,
    clientMode: client.mode,
    role: claim.role,
    roles: [...new Set([...(known?.roles ?? []), claim.role])],
    scopes: claim.scopes,
    ...(claim.remoteIp === undefined ? {} : { remoteIp: claim.remoteIp }),
    silent: made.silent,
    isRepair: known !== undefined,
    ts: made.ts,
  };
}

function admit(
  request: DeviceRequest,
  known: DeviceRecord | undefined,
  via: "silent" | "owner",
  now: number,
): DeviceRecord {
  return {
    deviceId: request.deviceId,
    publicKey: request.publicKey,
    displayName: request.displayName ?? known?.displayName,
    platform: request.platform,
    deviceFamily: request.deviceFamily ?? known?.deviceFamily,
    clientId: request.clientId,
    clientMode: request.clientMode,
    remoteIp: request.remoteIp ?? known?.remoteIp,
    role: request.role,
    roles: request.roles,
    scopes: [...new Set([...(known?.scopes ?? []), ...request.scopes])].slice(0, LIMITS.surfaceNames),
    approvedVia: via,
    createdAtMs: known?.createdAtMs ?? now,
    approvedAtMs: now,
    ...(known?.lastSeenAtMs === undefined ? {} : { lastSeenAtMs: known.lastSeenAtMs }),
    tokens: known?.tokens ?? {},
  };
}

function isOperatorScope(scope: string): boolean {
  return scope.startsWith("operator.");
}
