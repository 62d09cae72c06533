import { randomBytes, randomUUID } from "node:crypto";
import { approvalViewers } from "./approval-route.ts";
import { resolvedPayload } from "./approval-view.ts";
import { createApprovalsBroker, type Approval } from "./approvals-broker.ts";
import type { Connection } from "./connection.ts";
import { ERA_RULES, type EraRules } from "./era.ts";
import type { Emitter } from "./events.ts";
import type { DevGatewayOptions } from "./gateway-options.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { emptyState, type GatewayState } from "./gateway-state.ts";
import { createHostApprovals } from "./host-approvals.ts";
import { createLockout } from "./lockout.ts";
import { createNodeRegistry } from "./node-registry.ts";
import { createPairingStore } from "./pairing-store.ts";
import { createSetupCodes } from "./setup-codes.ts";
import { readState, writeState } from "./state-file.ts";
import { createSurfaceStore } from "./surface-store.ts";

const DEFAULT_TICK_MS = 30_000;

/** Puts the parts together; throws `DevGatewayError` when the state file cannot be used. */
export function buildGateway(
  options: DevGatewayOptions,
  emitter: Emitter,
  connections: ReadonlySet<Connection>,
): GatewayParts {
  const rules = ERA_RULES[options.era ?? "2026.9"];
  const now = options.clock ?? Date.now;
  const log = options.log ?? (() => undefined);
  const { newToken, newId } = randomness(options, rules);
  const state = startingState(options, newToken);
  const changed = (): void => {
    try {
      if (options.stateFile !== undefined) writeState(options.stateFile, state);
    } catch (error) {
      log(error instanceof Error ? error.message : "the state file cannot be written");
    }
  };
  const ended = (approval: Approval, by: string | null): void => {
    const payload = resolvedPayload(approval, by, now(), rules);
    for (const viewer of approvalViewers(connections, approval.requestedBy, rules)) {
      viewer.broadcast("exec.approval.resolved", payload, false);
    }
  };
  const shared = { state, rules, now, newId, newToken, changed, emit: emitter.emit };
  return {
    rules,
    secrets: { token: state.token, password: filled(options.password) },
    policy: {
      maxPayload: options.maxPayload ?? rules.maxPayload,
      maxBufferedBytes: options.maxBufferedBytes ?? rules.maxBufferedBytes,
      tickIntervalMs: options.tickIntervalMs ?? DEFAULT_TICK_MS,
    },
    bootId: newId(),
    startedAtMs: now(),
    now,
    newId,
    pairing: createPairingStore(shared),
    surfaces: createSurfaceStore(shared),
    nodes: createNodeRegistry(shared),
    approvals: createApprovalsBroker({ ...shared, ended }),
    hostApprovals: createHostApprovals(shared),
    lockout: createLockout(now),
    setupCodes: createSetupCodes(shared),
    connections,
    refuse: options.refuse ?? (() => undefined),
    emit: emitter.emit,
    log,
  };
}

/** What cannot be saved at the start stops the start; later it must not stop the Gateway. */
function startingState(options: DevGatewayOptions, newToken: () => string): GatewayState {
  const { stateFile } = options;
  const kept = stateFile === undefined ? undefined : readState(stateFile);
  const state = kept ?? emptyState(newToken());
  state.token = filled(options.token) ?? state.token;
  if (stateFile !== undefined) writeState(stateFile, state);
  return state;
}

function randomness(
  options: DevGatewayOptions,
  rules: EraRules,
): { readonly newToken: () => string; readonly newId: () => string } {
  const random = options.random ?? randomBytes;
  const hex = rules.tokenChars === "hex";
  return {
    newToken: () =>
      hex ? Buffer.from(random(16)).toString("hex") : Buffer.from(random(32)).toString("base64url"),
    newId: () => (options.random === undefined ? randomUUID() : uuidFrom(random(16))),
  };
}

function uuidFrom(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  const ends = [8, 12, 16, 20, 32];
  return ends.map((end, index) => hex.slice(ends[index - 1] ?? 0, end)).join("-");
}

/** An empty secret would be one that everybody knows. */
function filled(secret: string | undefined): string | undefined {
  return secret === "" ? undefined : secret;
}
