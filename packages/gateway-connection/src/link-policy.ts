import { afterRefusal } from "./after-refusal.ts";
import { describeClose } from "./close-text.ts";
import { LINK_DELAYS } from "./link-delays.ts";
import {
  fixable,
  memoryAfterHello,
  retry,
  wait,
  type LinkCredentials,
  type LinkMemory,
  type LinkOutcome,
  type LinkStep,
} from "./link-step.ts";
import { closeReaction, failureReaction } from "./reactions.ts";
import { readRefusal } from "./refusal.ts";

/** The whole reconnect policy: what happened, to what happens next. `random` gives [0, 1). */
export function nextLinkStep(
  memory: LinkMemory,
  outcome: LinkOutcome,
  credentials: LinkCredentials,
  random: () => number,
): LinkStep {
  if (outcome.kind === "ended") return afterEnd(memory, outcome, credentials, random);
  const { error, presented } = outcome;
  const { gateway } = error.details;
  if (error.code === "refused" && gateway !== undefined) {
    const refused = { refusal: readRefusal(gateway), message: error.message, presented };
    return afterRefusal(memory, refused, credentials, random);
  }
  const { system, status, close } = error.details;
  const reaction = failureReaction(error.code, [system, status, close?.code]);
  if (reaction === "fix") return fixable(memory, error.code, error.message);
  return retry(memory, reaction === "gateway-restarts" ? "gateway-down" : "network", error.message, random);
}

/** Source: protocol section 3.2. */
function afterEnd(
  before: LinkMemory,
  outcome: Extract<LinkOutcome, { kind: "ended" }>,
  credentials: LinkCredentials,
  random: () => number,
): LinkStep {
  const { end, shutdown } = outcome;
  const failures = outcome.readyMs >= LINK_DELAYS.stable ? 0 : before.failures;
  const memory = { ...memoryAfterHello(before), failures };
  const closed = describeClose(end);
  const reaction = shutdown === undefined ? closeReaction(end) : "gateway-restarts";
  // At once, but not again and again: a Gateway that keeps doing it waits like any other cut.
  if (reaction === "reconnect-now" && failures === 0)
    return wait({ ...memory, failures: 1 }, "swap", LINK_DELAYS.swap, "the Gateway reloads this node");
  if (reaction === "gateway-restarts" || reaction === "reconnect-now")
    return retry(memory, "gateway-down", `the Gateway is restarting (${closed})`, random);
  const why = `node host gateway closed (${closed})`;
  if (reaction === "reconnect") return retry(memory, "network", why, random);
  // Credentials changed on the Gateway. A removed device's token is dead; the shared one, if there is one, brings a new one.
  const step = retry({ ...memory, credential: "configured" }, "network", why, random);
  return { ...step, dropDeviceToken: reaction === "new-device-token" && credentials.hasConfigured };
}
