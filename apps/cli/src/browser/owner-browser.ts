import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import { findBrowserRoute, parseBrowserCall } from "@openclaw/browser-proxy";
import { StoreError } from "@openclaw/config-store";
import { browserSubject } from "../host/handlers/browser-records.ts";
import type { HostContext } from "../host/host-context.ts";
import type { BrowserService, BrowserTerms } from "./browser-service.ts";

const LIMITS = {
  /** How long a page of the owner may take to open, the start of the browser included; milliseconds. */
  openMs: 60_000,
  /** How long a browser may take to close; milliseconds. */
  stopMs: 10_000,
  /** Longest address, in UTF-16 units. */
  addressChars: 32_768,
} as const;

const profile = z.optional(z.string().check(z.maxLength(64)));
const paramsSchema = z.discriminatedUnion("action", [
  z.object({ action: z.literal("status") }),
  z.object({
    action: z.literal("open"),
    url: z.string().check(z.maxLength(LIMITS.addressChars)),
    browserProfile: profile,
  }),
  z.object({ action: z.literal("stop"), browserProfile: profile }),
]);

type Failure = { readonly ok: false; readonly error: string };

/** Answers the owner of this machine, for whom neither a pause nor the list of allowed browser profiles holds. */
export async function answerOwner(
  params: unknown,
  context: HostContext,
  signal: AbortSignal,
): Promise<object> {
  const { browser } = context;
  const wish = paramsSchema.safeParse(params);
  if (!wish.success) return failure("params must be {action: status, open or stop, url?, browserProfile?}");
  const asked = wish.data;
  if (asked.action === "status")
    return { ok: true, offered: browser !== undefined, running: browser?.running ?? [] };
  if (browser === undefined) return failure(OFF);
  const service = await browser.service();
  const terms = currentTerms(service);
  if (typeof terms === "string") return failure(terms);
  const owner = { service, terms, context, signal };
  if (!owner.terms.policy.browserEnabled) return failure(OFF);
  return asked.action === "open"
    ? await openPage(asked.url, asked.browserProfile, owner)
    : await stopBrowsers(asked.browserProfile, owner);
}

interface Owner {
  readonly service: BrowserService;
  readonly terms: BrowserTerms;
  readonly context: HostContext;
  readonly signal: AbortSignal;
}

async function openPage(url: string, profileName: string | undefined, owner: Owner): Promise<object> {
  const params = { method: "POST", path: "/tabs/open", body: { url }, timeoutMs: LIMITS.openMs };
  const answer = await askAsOwner(params, profileName, owner);
  if ("error" in answer) return answer;
  const { targetId, url: address } = { ...answer.result };
  return { ok: true, browserProfile: answer.browserProfile, targetId, url: address };
}

/** All that run, when no browser profile is named. */
async function stopBrowsers(profileName: string | undefined, owner: Owner): Promise<object> {
  const running = owner.service.running.map(({ profile: name }) => name);
  const stopped: string[] = [];
  for (const name of running.filter((one) => profileName === undefined || one === profileName)) {
    const answer = await askAsOwner({ method: "POST", path: "/stop", timeoutMs: LIMITS.stopMs }, name, owner);
    if ("error" in answer) return answer;
    stopped.push(name);
  }
  return { ok: true, stopped };
}

interface Answered {
  readonly browserProfile: string;
  readonly result: Readonly<Record<string, unknown>>;
}

async function askAsOwner(
  params: {
    readonly method: string;
    readonly path: string;
    readonly timeoutMs: number;
    readonly body?: object;
  },
  profileName: string | undefined,
  { service, terms, context, signal }: Owner,
): Promise<Answered | Failure> {
  const browserProfile = profileName ?? terms.policy.defaultProfile;
  const given = { ...params, profile: browserProfile, errorEnvelope: "browser-v1" };
  const parsed = parseBrowserCall(given);
  if (!parsed.ok) return failure(parsed.error.message);
  const subject = browserSubject(parsed.call, findBrowserRoute(parsed.call), browserProfile);
  // What joins the two lines; no Gateway gives one here.
  const invokeId = randomUUID();
  context.audit.record({
    kind: "browser",
    by: "owner",
    outcome: "allow",
    reason: "owner",
    invokeId,
    ...subject,
  });
  const startedAt = performance.now();
  const reply = await service.call(
    {
      command: "browser.proxy",
      paramsJSON: JSON.stringify(given),
      era: "2026.9",
      maxPayloadBytes: Number.MAX_SAFE_INTEGER,
      owner: true,
    },
    terms,
    { signal, timeoutMs: params.timeoutMs },
  );
  const end =
    reply.kind === "lost"
      ? ({ outcome: "lost" } as const)
      : ({ outcome: "answered", status: reply.end.status, origin: reply.end.origin } as const);
  const durationMs = Math.round(performance.now() - startedAt);
  context.audit.record({ kind: "browser-end", invokeId, ...end, durationMs });
  if (reply.kind === "lost") return failure("the browser driver ended unexpectedly; see openclaw node logs");
  const { answer } = reply;
  if (!answer.ok) return failure(answer.message.replace(/^Error: /u, ""));
  const payload = payloadSchema.parse(JSON.parse(answer.payloadJSON));
  if ("result" in payload) return { browserProfile, result: payload.result };
  return failure(payload.error.body.error.replace(/^Error: /u, ""));
}

const payloadSchema = z.union([
  z.object({ result: z.record(z.string(), z.unknown()) }),
  z.object({ error: z.object({ body: z.object({ error: z.string() }) }) }),
]);

/** Or why the configuration cannot be used. */
function currentTerms(service: BrowserService): BrowserTerms | string {
  try {
    return service.terms();
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  }
}

const OFF = "the browser is off; browser.enabled and nodeHost.browserProxy.enabled in openclaw.json decide";

function failure(error: string): Failure {
  return { ok: false, error };
}
