import { LINK_DELAYS, PATIENT_TRIES } from "./link-delays.ts";
import {
  fixable,
  retry,
  wait,
  type CredentialChoice,
  type LinkCredentials,
  type LinkMemory,
  type LinkStep,
} from "./link-step.ts";
import type { RefusalReaction } from "./reaction-rows.ts";
import type { Refusal } from "./refusal.ts";

export interface RefusedConnect {
  readonly refusal: Refusal;
  readonly message: string;
  readonly presented: CredentialChoice | "none";
}

/** What follows a connect that the Gateway refused. Source: protocol section 3.1. */
export function afterRefusal(
  before: LinkMemory,
  refused: RefusedConnect,
  credentials: LinkCredentials,
  random: () => number,
): LinkStep {
  const { refusal, message } = refused;
  // The Gateway is up and talks to us: the counters of another trouble start anew.
  const memory: LinkMemory = {
    ...before,
    busyTries: refusal.reaction === "wait-as-told" ? before.busyTries : 0,
    nonceFailures: refusal.reaction === "retry" ? before.nonceFailures : 0,
    damagedFrames: DAMAGED.has(refusal.reaction) ? before.damagedFrames : 0,
  };
  switch (refusal.reaction) {
    case "wait-for-pairing": {
      const grown = LINK_DELAYS.pairingFirst * 1.5 ** memory.pairingTries;
      const afterMs = Math.min(grown, LINK_DELAYS.pairingLast) * (0.8 + 0.4 * random());
      const step = wait({ ...memory, pairingTries: memory.pairingTries + 1 }, "pairing", afterMs, message);
      return refusal.requestId === undefined ? step : { ...step, requestId: refusal.requestId };
    }
    case "retry":
      return freshChallenge(memory, refused, random);
    case "wait-as-told":
      return waitAsTold(memory, refused, random);
    case "other-signature":
      if (memory.signature === "v2")
        return wait({ ...memory, signature: "v3" }, "swap", LINK_DELAYS.swap, message);
      return sendAnew({ ...memory, signature: "v2" }, refused, random);
    case "omit-field": {
      const { field } = refusal;
      if (field === undefined || memory.omit.includes(field)) return sendAnew(memory, refused, random);
      return wait({ ...memory, omit: [...memory.omit, field] }, "swap", LINK_DELAYS.swap, message);
    }
    case "other-credential":
      return otherCredential(memory, refused, credentials);
    case "fix-credential":
      return fixable(memory, refusal.code, message);
    case "give-up":
      if (refusal.code === "PROTOCOL_MISMATCH")
        return { kind: "stop", code: refusal.code, why: message, memory };
      return fixable(memory, refusal.code, message);
    case "send-anew":
      return sendAnew(memory, refused, random);
  }
}

const DAMAGED: ReadonlySet<RefusalReaction> = new Set(["omit-field", "other-signature", "send-anew"]);

/** Where a host was let in before, its frame may have been damaged on the way; three in a row it was not. */
function sendAnew(memory: LinkMemory, refused: RefusedConnect, random: () => number): LinkStep {
  const { refusal, message } = refused;
  const damagedFrames = memory.damagedFrames + 1;
  if (memory.everReady && damagedFrames < 3)
    return retry({ ...memory, damagedFrames }, "network", message, random);
  return fixable(memory, refusal.code, message);
}

/** A wrong nonce three times in a row is our fault; an expired signature is a slow link or an odd clock. */
function freshChallenge(memory: LinkMemory, refused: RefusedConnect, random: () => number): LinkStep {
  const { refusal, message } = refused;
  const nonceFailures = memory.nonceFailures + 1;
  if (nonceFailures < 3) return wait({ ...memory, nonceFailures }, "swap", LINK_DELAYS.swap, message);
  if (refusal.code === "DEVICE_AUTH_SIGNATURE_EXPIRED")
    return retry({ ...memory, nonceFailures }, "network", message, random);
  return fixable({ ...memory, nonceFailures: 0 }, refusal.code, message);
}

function waitAsTold(memory: LinkMemory, refused: RefusedConnect, random: () => number): LinkStep {
  const { refusal, message } = refused;
  const jitter = 1 + 0.2 * random();
  if (refusal.code === "AUTH_RATE_LIMITED") {
    const [low, high] = LINK_DELAYS.lockoutWait;
    const told = Math.min(Math.max(refusal.retryAfterMs ?? LINK_DELAYS.fixable, low), high);
    return wait(memory, "gateway-busy", told * jitter, message);
  }
  const [low, high] = LINK_DELAYS.startupWait;
  const told = Math.min(Math.max(refusal.retryAfterMs ?? high, low), high);
  const grown = told * 2 ** Math.min(Math.max(memory.busyTries - PATIENT_TRIES, 0), 20);
  const afterMs = Math.min(grown, LINK_DELAYS.longestBusyWait) * jitter;
  return wait({ ...memory, busyTries: memory.busyTries + 1 }, "gateway-busy", afterMs, message);
}

/** Each credential gets one try; a stored token that the Gateway does not know is dropped. */
function otherCredential(
  memory: LinkMemory,
  refused: RefusedConnect,
  credentials: LinkCredentials,
): LinkStep {
  const { refusal, message, presented } = refused;
  const dropDeviceToken =
    presented === "device" &&
    (refusal.code === "AUTH_TOKEN_MISMATCH" || refusal.code === "AUTH_DEVICE_TOKEN_MISMATCH");
  const swap = (credential: CredentialChoice): LinkStep => ({
    ...wait({ ...memory, credential, swapped: true }, "swap", LINK_DELAYS.swap, message),
    dropDeviceToken,
  });
  if (!memory.swapped && presented !== "device" && credentials.hasDeviceToken) return swap("device");
  if (!memory.swapped && presented === "device" && credentials.hasConfigured) return swap("configured");
  const step = fixable({ ...memory, credential: "configured", swapped: false }, refusal.code, message);
  return step.kind === "wait" ? { ...step, dropDeviceToken } : step;
}
