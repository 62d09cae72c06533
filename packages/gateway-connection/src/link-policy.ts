import { afterRefusal } from "./after-refusal.ts";
import { describeClose } from "./close-text.ts";
import type { ConnectionError, ConnectionErrorCode } from "./errors.ts";
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
import { readRefusal } from "./refusal.ts";

/** Failures that stay as they are until a person changes something. */
const FIXABLE: readonly ConnectionErrorCode[] = [
  "fingerprint-mismatch",
  "tls-failed",
  "bad-ca-file",
  "bad-proxy",
  "bad-header",
  "too-large",
];
/** What a proxy answers whose Gateway is gone. */
const PROXY_STATUS: readonly number[] = [502, 503, 504];
/** "service restart" and "try again later". */
const RESTART_CLOSES: readonly number[] = [1012, 1013];

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
  if (FIXABLE.includes(error.code)) return fixable(memory, error.code, error.message);
  return retry(memory, isDown(error) ? "gateway-down" : "network", error.message, random);
}

function isDown({ code, details }: ConnectionError): boolean {
  return (
    (code === "unreachable" && details.system === "ECONNREFUSED") ||
    (details.status !== undefined && PROXY_STATUS.includes(details.status)) ||
    (details.close !== undefined && RESTART_CLOSES.includes(details.close.code))
  );
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
  // At once, but not again and again: a Gateway that keeps doing it waits like any other cut.
  if (end.code === 1012 && end.reason === "node capabilities changed" && failures === 0)
    return wait({ ...memory, failures: 1 }, "swap", LINK_DELAYS.swap, "the Gateway reloads this node");
  if (shutdown !== undefined || RESTART_CLOSES.includes(end.code))
    return retry(memory, "gateway-down", `the Gateway is restarting (${closed})`, random);
  const why = `node host gateway closed (${closed})`;
  if (end.code !== 4001) return retry(memory, "network", why, random);
  // Credentials changed on the Gateway. A removed device's token is dead; the shared one, if there is one, brings a new one.
  const step = retry({ ...memory, credential: "configured" }, "network", why, random);
  return { ...step, dropDeviceToken: end.reason === "device removed" && credentials.hasConfigured };
}
