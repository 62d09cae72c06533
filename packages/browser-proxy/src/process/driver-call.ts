import { invokeAnswer, refusedInvoke, timedOutInvoke } from "../answer/route-outcome.ts";
import type { AnswerFrame, InvokeAnswer, RouteOutcome } from "../answer/route-outcome.ts";
import { parseBrowserCall } from "../browser-call.ts";
import type { BrowserCall } from "../browser-call.ts";
import { admitBrowserCall } from "../call-policy.ts";
import { loadPlaywright } from "../driver/load-playwright.ts";
import type { ManagedBrowserConfig, ManagedBrowsers } from "../driver/managed-browsers.ts";
import { browserRefusalText } from "../errors.ts";
import type { BrowserProxyError } from "../errors.ts";
import { browserProxyLimits } from "../limits.ts";
import { managedProfileName } from "../browser/browser-profile.ts";
import type { DriverAnswer, DriverCall, DriverCallEnd } from "./driver-messages.ts";
import { stageSentFiles } from "./stage-sent-files.ts";

export interface DriverCallWorld {
  readonly browsers: Pick<ManagedBrowsers, "call" | "status">;
  readonly config: ManagedBrowserConfig;
  readonly uploadsDir: string;
}

export interface DriverCallResult {
  readonly answer: DriverAnswer;
  readonly end: DriverCallEnd;
}

/** Routes that never start a browser. */
const withoutBrowser: ReadonlySet<string> = new Set([
  "GET /",
  "GET /doctor",
  "GET /profiles",
  "GET /tabs",
  "POST /stop",
]);

/** One call in the driver process, from the text of its params to the text of its answer. */
export async function answerDriverCall(
  { command, paramsJSON, era, maxPayloadBytes, owner }: DriverCall,
  signal: AbortSignal,
  { browsers, config, uploadsDir }: DriverCallWorld,
): Promise<DriverCallResult> {
  const parsed = parseBrowserCall(JSON.parse(paramsJSON), command);
  if (!parsed.ok) return refusal(parsed.error);
  const admitted = admitBrowserCall(parsed.call, {
    proxyEnabled: true,
    browserEnabled: true,
    allowProfiles: owner === true ? [] : (config.allowProfiles ?? []),
    defaultProfile: config.defaultProfile ?? managedProfileName,
  });
  if (!admitted.ok) {
    const frame = { call: parsed.call, era, routed: undefined };
    const answer = refusedInvoke(admitted.error, frame);
    return { answer: asText(answer, maxPayloadBytes), end: { how: "refused", status: 404 } };
  }
  const { route } = admitted.match;
  // It takes its time, and so does what comes before it; a failure is told by whoever starts the browser.
  if (!withoutBrowser.has(`${route.method} ${route.pattern}`)) void loadPlaywright();
  const { sentFiles } = parsed.call;
  const staged = sentFiles === undefined ? undefined : await stageSentFiles(sentFiles, uploadsDir);
  if (sentFiles !== undefined && staged === undefined)
    return failedCall(500, "Error: the uploads directory of this machine is not safe to use");
  try {
    const call = staged === undefined ? parsed.call : withPaths(parsed.call, staged.paths);
    let page: string | undefined;
    const onPage = (address: string): void => {
      page = address;
    };
    const said = await browsers.call({ call, admitted }, { signal, era, onPage });
    if (said === "timed-out") {
      const state = browsers.status().find(({ profile }) => profile === admitted.profile);
      const answer = asText(timedOutInvoke(call, era, admitted.profile, state), maxPayloadBytes);
      return { answer, end: { how: "timed-out", status: 504, origin: originOf(page) } };
    }
    const { outcome, routed, files } = said;
    const frame: AnswerFrame = { call, era, routed, files };
    const answer = asText(invokeAnswer(outcome, frame), maxPayloadBytes);
    const origin = originOf(page ?? addressIn(outcome));
    return { answer, end: { how: "answered", status: statusOf(outcome, answer), origin } };
  } finally {
    await staged?.remove();
  }
}

function withPaths(call: BrowserCall, paths: readonly string[]): BrowserCall {
  const body = typeof call.body === "object" ? call.body : {};
  return { ...call, body: { ...body, paths } };
}

/** As it goes into the frame, where it stands as a text inside of a text. */
function asText(answer: InvokeAnswer, maxPayloadBytes: number): DriverAnswer {
  if (!answer.ok) return { ok: false, ...answer.error };
  const payloadJSON = JSON.stringify(answer.payload);
  const bytes = Buffer.byteLength(JSON.stringify(payloadJSON));
  const { answerPayloadBytes } = browserProxyLimits;
  if (bytes > answerPayloadBytes) return tooLarge("browser proxy payload exceeds 24 MiB encoded limit");
  if (bytes > maxPayloadBytes)
    return tooLarge(
      `the answer has ${String(bytes)} bytes and this Gateway takes ${String(Math.floor(maxPayloadBytes))}; ask for less`,
    );
  return { ok: true, payloadJSON };
}

function tooLarge(what: string): DriverAnswer {
  return { ok: false, code: "INVALID_REQUEST", message: `Error: ${what}` };
}

function refusal(error: BrowserProxyError): DriverCallResult {
  return { ...failedCall(400, browserRefusalText(error)), end: { how: "refused", status: 400 } };
}

function failedCall(status: number, message: string): DriverCallResult {
  return { answer: { ok: false, code: "INVALID_REQUEST", message }, end: { how: "answered", status } };
}

function statusOf(outcome: RouteOutcome, answer: DriverAnswer): number {
  if (!outcome.ok) return outcome.status;
  return answer.ok ? 200 : 413;
}

function addressIn(outcome: RouteOutcome): string | undefined {
  const url = outcome.ok ? outcome.result["url"] : undefined;
  return typeof url === "string" ? url : undefined;
}

/** Of an address, only who stands behind it. */
function originOf(address: string | undefined): string | undefined {
  if (address === undefined || !/^https?:/i.test(address) || !URL.canParse(address)) return undefined;
  return new URL(address).origin.slice(0, 300);
}
