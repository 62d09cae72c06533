import type { ShutdownNotice } from "@openclaw/protocol";
import type { OmittableField } from "./connect-frame.ts";
import type { ConnectionError } from "./errors.ts";
import { LINK_DELAYS } from "./link-delays.ts";
import type { SessionEnd } from "./session.ts";

/** Which credential the next attempt presents. */
export type CredentialChoice = "configured" | "device";

/** What the policy remembers between attempts. */
export interface LinkMemory {
  /** Attempts that failed since the last stable connection, while the Gateway seemed to live. */
  readonly failures: number;
  /** Waits for a Gateway that is down, since the last hello. */
  readonly downTries: number;
  readonly pairingTries: number;
  /** Refusals in a row that only told us to wait. */
  readonly busyTries: number;
  /** Refusals of the challenge's answer in a row. */
  readonly nonceFailures: number;
  /** Refusals in a row of a frame that may have been damaged on its way. */
  readonly damagedFrames: number;
  /** Has this state directory ever had a hello? */
  readonly everReady: boolean;
  readonly signature: "v2" | "v3";
  readonly credential: CredentialChoice;
  /** The other credential has had its try since the last hello. */
  readonly swapped: boolean;
  /** Fields that this Gateway refused. */
  readonly omit: readonly OmittableField[];
}

export type LinkOutcome =
  | {
      readonly kind: "failed";
      readonly error: ConnectionError;
      readonly presented: CredentialChoice | "none";
    }
  | {
      readonly kind: "ended";
      readonly end: SessionEnd;
      readonly shutdown: ShutdownNotice | undefined;
      readonly readyMs: number;
    };

export interface LinkCredentials {
  readonly hasConfigured: boolean;
  readonly hasDeviceToken: boolean;
}

/** Why the link waits; the same words as in its states. */
export type WaitCause = "network" | "gateway-down" | "gateway-busy" | "pairing" | "credentials" | "swap";

export interface WaitStep {
  readonly kind: "wait";
  readonly cause: WaitCause;
  readonly afterMs: number;
  readonly why: string;
  readonly requestId?: string;
  readonly dropDeviceToken: boolean;
  readonly memory: LinkMemory;
}

export interface StopStep {
  readonly kind: "stop";
  readonly why: string;
  readonly code: string;
  readonly memory: LinkMemory;
}

export type LinkStep = WaitStep | StopStep;

export function initialLinkMemory(everReady: boolean): LinkMemory {
  return {
    failures: 0,
    downTries: 0,
    pairingTries: 0,
    busyTries: 0,
    nonceFailures: 0,
    damagedFrames: 0,
    everReady,
    signature: "v2",
    credential: "configured",
    swapped: false,
    omit: [],
  };
}

/** A hello settles everything but `failures`: a Gateway that lets us in and drops us at once is not well. */
export function memoryAfterHello(memory: LinkMemory): LinkMemory {
  return {
    ...memory,
    downTries: 0,
    pairingTries: 0,
    busyTries: 0,
    nonceFailures: 0,
    damagedFrames: 0,
    everReady: true,
    swapped: false,
  };
}

export function wait(memory: LinkMemory, cause: WaitCause, afterMs: number, why: string): WaitStep {
  return { kind: "wait", cause, afterMs: Math.round(afterMs), why, dropDeviceToken: false, memory };
}

/** A person must change something: a host that never worked stops, one that did keeps looking, rarely. */
export function fixable(memory: LinkMemory, code: string, why: string): LinkStep {
  if (!memory.everReady) return { kind: "stop", code, why, memory };
  return wait(memory, "credentials", LINK_DELAYS.fixable, why);
}

/** Try again by ourselves: soon after a cut, spread out when all nodes of a Gateway do it together. */
export function retry(
  memory: LinkMemory,
  cause: "network" | "gateway-down",
  why: string,
  random: () => number,
): WaitStep {
  // Whatever fails while a Gateway is on its way back keeps the wide spacing.
  if (cause === "gateway-down" || memory.downTries > 0) {
    const range = memory.downTries === 0 ? LINK_DELAYS.downFirst : LINK_DELAYS.downLater;
    return wait({ ...memory, downTries: memory.downTries + 1 }, cause, within(range, random), why);
  }
  const failures = memory.failures + 1;
  const [low, high] = LINK_DELAYS.later;
  const range: Range =
    failures === 1 ? LINK_DELAYS.cutFirst : [low, Math.min(high, 1000 * 2 ** Math.min(failures - 1, 10))];
  return wait({ ...memory, failures }, cause, within(range, random), why);
}

type Range = readonly [low: number, high: number];

function within([low, high]: Range, random: () => number): number {
  return low + (high - low) * random();
}
