import type { EraRules } from "./era.ts";
import type { GatewayState, SurfaceRecord } from "./gateway-state.ts";
import { keepNewest } from "./keep-newest.ts";
import { LIMITS } from "./limits.ts";
import { isPolicyCommand, knownCommands } from "./platform-commands.ts";

/** What a node declares when it connects. */
export interface DeclaredSurface {
  readonly nodeId: string;
  readonly displayName?: string | undefined;
  readonly platform: string;
  readonly version: string;
  readonly deviceFamily?: string | undefined;
  readonly remoteIp?: string | undefined;
  readonly clientId: string;
  readonly clientMode: string;
  readonly caps: readonly string[];
  readonly commands: readonly string[];
}

/** A surface that waits for an operator; `ts` is milliseconds since the epoch. */
export interface SurfaceRequest extends DeclaredSurface {
  readonly requestId: string;
  readonly silent: boolean;
  readonly isRepair: boolean;
  readonly ts: number;
}

export interface SurfaceStore {
  approved(nodeId: string): SurfaceRecord | undefined;
  all(): readonly SurfaceRecord[];
  pending(): readonly SurfaceRequest[];
  pendingOf(nodeId: string): SurfaceRequest | undefined;
  /** Compares a declaration with what was approved; makes or keeps a request when it asks for more. */
  declare(surface: DeclaredSurface, local: boolean): SurfaceChange;
  approve(requestId: string): SurfaceRecord | undefined;
  reject(requestId: string): SurfaceRequest | undefined;
  rename(nodeId: string, displayName: string): boolean;
  remove(nodeId: string): boolean;
  seen(nodeId: string): void;
}

export interface SurfaceChange {
  readonly created?: SurfaceRequest;
  /** A request that the new declaration replaces. */
  readonly replaced?: SurfaceRequest;
}

export interface SurfaceStoreParts {
  readonly state: GatewayState;
  readonly rules: EraRules;
  readonly now: () => number;
  readonly newId: () => string;
  readonly newToken: () => string;
  readonly changed: () => void;
}

export function createSurfaceStore(parts: SurfaceStoreParts): SurfaceStore {
  const { state, rules, now, newId, newToken, changed } = parts;
  const requests = new Map<string, SurfaceRequest>();
  const living = (): SurfaceRequest[] => {
    for (const [id, request] of requests) {
      const old = now() - request.ts >= LIMITS.pairingRequestMs;
      if (old && !rules.surfaceRequestStays) requests.delete(id);
    }
    return [...requests.values()];
  };
  const find = (requestId: string): SurfaceRequest | undefined =>
    living().find((request) => request.requestId === requestId);
  const pendingOf = (nodeId: string): SurfaceRequest | undefined =>
    living().find((request) => request.nodeId === nodeId);
  return {
    approved: (nodeId) => state.surfaces.get(nodeId),
    all: () => [...state.surfaces.values()].toSorted((a, b) => b.approvedAtMs - a.approvedAtMs),
    pending: () => living().toSorted((a, b) => b.ts - a.ts),
    pendingOf,
    declare: (surface, local) => {
      if (rules.surfaceApproval === "none") return {};
      const asked = askedSurface(surface, rules);
      const approved = state.surfaces.get(surface.nodeId);
      const pending = pendingOf(surface.nodeId);
      const wanted = needsApproval(asked, approved, rules);
      if (wanted && pending !== undefined && sameSurface(pending, asked)) return {};
      if (pending !== undefined) requests.delete(pending.requestId);
      const replaced = pending === undefined ? {} : { replaced: pending };
      if (!wanted) return replaced;
      const request: SurfaceRequest = {
        ...asked,
        requestId: newId(),
        silent: local && approved === undefined,
        isRepair: approved !== undefined,
        ts: now(),
      };
      requests.set(request.requestId, request);
      return { ...replaced, created: request };
    },
    approve: (requestId) => {
      const request = find(requestId);
      if (request === undefined) return undefined;
      requests.delete(requestId);
      const old = state.surfaces.get(request.nodeId);
      const record = newRecord(request, old, newToken(), now());
      state.surfaces.delete(record.nodeId);
      state.surfaces.set(record.nodeId, record);
      keepNewest(state.surfaces, LIMITS.devices);
      changed();
      return record;
    },
    reject: (requestId) => {
      const request = find(requestId);
      requests.delete(requestId);
      return request;
    },
    rename: (nodeId, displayName) => {
      const record = state.surfaces.get(nodeId);
      if (record === undefined) return false;
      record.displayName = displayName;
      changed();
      return true;
    },
    remove: (nodeId) => {
      for (const request of requests.values()) {
        if (request.nodeId === nodeId) requests.delete(request.requestId);
      }
      const removed = state.surfaces.delete(nodeId);
      if (removed) changed();
      return removed;
    },
    seen: (nodeId) => {
      const record = state.surfaces.get(nodeId);
      if (record === undefined) return;
      record.lastConnectedAtMs = now();
      changed();
    },
  };
}

/** What an operator is shown: unknown names are dropped, and so are the policy commands of older eras. */
function askedSurface(surface: DeclaredSurface, rules: EraRules): DeclaredSurface {
  const commands = knownCommands(surface, surface.commands, rules);
  return {
    ...surface,
    caps: [...new Set(surface.caps)].slice(0, LIMITS.surfaceNames),
    commands: rules.policyInSurface ? commands : commands.filter((name) => !isPolicyCommand(name)),
  };
}

function needsApproval(
  asked: DeclaredSurface,
  approved: SurfaceRecord | undefined,
  rules: EraRules,
): boolean {
  if (approved === undefined) return true;
  // The first era with approval asks once and never again.
  if (rules.surfaceApproval === "on-reconnect") return false;
  const fewerCaps = rules.fewerCapsAsk && !isWithin(approved.caps, asked.caps);
  return fewerCaps || !isWithin(asked.caps, approved.caps) || !isWithin(asked.commands, approved.commands);
}

export function isWithin(names: readonly string[], granted: readonly string[]): boolean {
  return names.every((name) => granted.includes(name));
}

function sameSurface(a: DeclaredSurface, b: DeclaredSurface): boolean {
  return (
    isWithin(a.caps, b.caps) &&
    isWithin(b.caps, a.caps) &&
    isWithin(a.commands, b.commands) &&
    isWithin(b.commands, a.commands)
  );
}

function newRecord(
  request: SurfaceRequest,
  old: SurfaceRecord | undefined,
  token: string,
  now: number,
): SurfaceRecord {
  return {
    nodeId: request.nodeId,
    token: old?.token ?? token,
    displayName: old?.displayName ?? request.displayName,
    platform: request.platform,
    version: request.version,
    deviceFamily: request.deviceFamily,
    remoteIp: request.remoteIp,
    clientId: request.clientId,
    clientMode: request.clientMode,
    caps: request.caps,
    commands: request.commands,
    createdAtMs: old?.createdAtMs ?? now,
    approvedAtMs: now,
    ...(old?.lastConnectedAtMs === undefined ? {} : { lastConnectedAtMs: old.lastConnectedAtMs }),
  };
}
