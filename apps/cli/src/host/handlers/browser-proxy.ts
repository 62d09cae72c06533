import { StoreError } from "@openclaw/config-store";
import {
  admitBrowserCall,
  browserRefusalText,
  findBrowserRoute,
  parseBrowserCall,
  refusedInvoke,
  timedOutInvoke,
  type BrowserCall,
  type BrowserEra,
  type DriverLoss,
} from "@openclaw/browser-proxy";
import type { BrowserCommand } from "@openclaw/protocol";
import { parseJsonText } from "@openclaw/protocol";
import type { BrowserService, BrowserTerms } from "../../browser/browser-service.ts";
import type { HostBrowser } from "../../browser/host-browser.ts";
import { refuse, type HostContext, type InvokeAnswer, type InvokeCall } from "../host-context.ts";
import { pausedText } from "../pause-text.ts";
import { browserDecision, browserSubject, subjectText, type BrowserSubject } from "./browser-records.ts";
import { record } from "./run-records.ts";

export interface BrowserQuestion {
  readonly command: BrowserCommand;
  /** `paramsJSON` */
  readonly text: string | undefined;
  readonly browser: HostBrowser;
}

/**
 * `browser.proxy`: read, judge, write down, then have the driver process answer. The order of the checks is that of
 * browser proxy section 3.
 */
export async function answerBrowserCall(
  { command, text, browser }: BrowserQuestion,
  call: InvokeCall,
  context: HostContext,
): Promise<InvokeAnswer> {
  const decide = (subject: BrowserSubject, outcome: "allow" | "deny" | "invalid", reason: string): boolean =>
    record(browserDecision(subject, { outcome, reason }, call, context), context);

  const json = parseJsonText(text ?? "null", "paramsJSON");
  if (!json.ok) {
    decide({}, "invalid", "bad-params");
    return refuse("INVALID_REQUEST", `Error: INVALID_REQUEST: ${json.error.message}`);
  }
  const parsed = parseBrowserCall(json.value, command);
  if (!parsed.ok) {
    decide({}, "invalid", parsed.error.code);
    return refuse("INVALID_REQUEST", browserRefusalText(parsed.error));
  }
  const service = await browser.service();
  const terms = currentTerms(service, context);
  const asked = parsed.call;
  const profile = asked.profile ?? terms?.policy.defaultProfile;
  const subject = browserSubject(asked, findBrowserRoute(asked), profile);
  const deny = (reason: string, answer: InvokeAnswer): InvokeAnswer => {
    decide(subject, "deny", reason);
    context.log.info(`refused ${subjectText(subject)} of the browser: ${reason}`, { invokeId: call.id });
    return answer;
  };
  if (terms === undefined) return deny("bad-config", refuse("UNAVAILABLE", BAD_CONFIG));
  const paused = context.pause.current();
  if (paused !== undefined) return deny("paused", refuse("UNAVAILABLE", pausedText(paused)));
  const era = eraOf(asked, command, call);
  const admitted = admitBrowserCall(asked, terms.policy);
  if (!admitted.ok) {
    const { error } = admitted;
    return deny(error.code, wireAnswer(refusedInvoke(error, { call: asked, era, routed: undefined })));
  }
  if (!decide(subject, "allow", "browser-on")) return refuse("UNAVAILABLE", UNAUDITED);
  return await askDriver(
    { command, paramsJSON: text ?? "null", era, asked, subject, service, terms },
    call,
    context,
  );
}

interface AllowedCall {
  readonly command: BrowserCommand;
  readonly paramsJSON: string;
  readonly era: BrowserEra;
  readonly asked: BrowserCall;
  readonly subject: BrowserSubject;
  readonly service: BrowserService;
  readonly terms: BrowserTerms;
}

async function askDriver(
  { command, paramsJSON, era, asked, subject, service, terms }: AllowedCall,
  call: InvokeCall,
  context: HostContext,
): Promise<InvokeAnswer> {
  const startedAt = performance.now();
  const over = context.active.begin({
    invokeId: call.id,
    runId: call.id,
    command: () => `browser: ${subjectText(subject)}`,
    startedAt: Date.now(),
  });
  const ended = (outcome: "answered" | "timed-out" | "cancelled" | "lost", more: object = {}): void => {
    const durationMs = Math.round(performance.now() - startedAt);
    record({ kind: "browser-end", invokeId: call.id, outcome, ...more, durationMs }, context);
  };
  try {
    const { timeoutMs } = asked;
    const reply = await service.call(
      { command, paramsJSON, era, maxPayloadBytes: call.maxPayloadBytes },
      terms,
      { signal: waitedFor(call), timeoutMs },
    );
    if (reply.kind === "lost") {
      ended(call.signal.aborted ? "cancelled" : reply.why === "silent" ? "timed-out" : "lost");
      if (reply.why === "silent") return wireAnswer(timedOutInvoke(asked, era, subject.profile ?? ""));
      return refuse("UNAVAILABLE", LOSSES[reply.why]);
    }
    const { how, status, origin } = reply.end;
    const timedOut = how === "timed-out";
    ended(timedOut ? (call.signal.aborted ? "cancelled" : "timed-out") : "answered", { status, origin });
    const { answer } = reply;
    if (!answer.ok) return refuse(answer.code, answer.message);
    return { ok: true, payload: undefined, payloadJSON: answer.payloadJSON };
  } finally {
    over();
  }
}

/** Until the Gateway cancels or no longer waits: most of them do not say that they have given up. */
function waitedFor({ signal, timeoutMs }: InvokeCall): AbortSignal {
  if (timeoutMs === undefined) return signal;
  return AbortSignal.any([signal, AbortSignal.timeout(Math.min(timeoutMs, LONGEST_TIMER_MS))]);
}

/** The longest delay of a timer; milliseconds. */
const LONGEST_TIMER_MS = 2_147_483_647;

function currentTerms(service: BrowserService, context: HostContext): BrowserTerms | undefined {
  try {
    return service.terms();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    context.log.warn(`${error.message}; until then no browser call is allowed`);
    return undefined;
  }
}

/** A Gateway that takes structured failures, or that sends files along, is one of the newest whatever else it says. */
function eraOf(asked: BrowserCall, command: BrowserCommand, call: InvokeCall): BrowserEra {
  const newest = asked.errorEnvelope || command === "browser.proxy.upload.v1" || call.newestGateway === true;
  return newest ? "2026.9" : "2026.2";
}

function wireAnswer(answer: ReturnType<typeof refusedInvoke>): InvokeAnswer {
  return answer.ok ? answer : refuse(answer.error.code, answer.error.message);
}

const LOSSES: Readonly<Record<DriverLoss, string>> = {
  ended: "UNAVAILABLE: the browser driver of the node ended unexpectedly; ask again, a new one is started",
  silent: "UNAVAILABLE: the browser driver of the node did not answer",
  closed: "UNAVAILABLE: the browser of the node was closed meanwhile",
  busy: "UNAVAILABLE: busy, too many browser calls are being worked on; try again later",
};
const BAD_CONFIG = "UNAVAILABLE: the configuration of the node cannot be used; its owner has to correct it";
const UNAUDITED = "UNAVAILABLE: the node could not write its audit file, so the browser was not asked";
