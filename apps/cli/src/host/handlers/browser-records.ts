import type { BrowserCall, RouteMatch } from "@openclaw/browser-proxy";
import type { AuditRecord } from "../audit.ts";
import type { HostContext, InvokeCall } from "../host-context.ts";
import { auditOrigin } from "../policy-edit-audit.ts";

type BrowserDecision = Extract<AuditRecord, { kind: "browser" }>;

/** What of a call may be written down: which route, never what goes into a page. */
export interface BrowserSubject {
  readonly method?: string | undefined;
  readonly route?: string | undefined;
  readonly action?: string | undefined;
  readonly profile?: string | undefined;
  readonly origin?: string | undefined;
}

const KINDS: ReadonlySet<string> = new Set(
  "batch click clickCoords close drag evaluate fill hover press resize scrollIntoView select type wait".split(
    " ",
  ),
);

/** By the table of routes where there is a match, so that nothing that a caller made up stands in the audit. */
export function browserSubject(
  call: BrowserCall,
  match: RouteMatch | undefined,
  profile: string | undefined,
): BrowserSubject {
  const kind = match?.route.pattern === "/act" ? textIn(call.body, "kind") : undefined;
  return {
    method: call.method,
    route: match?.route.pattern,
    action: kind !== undefined && KINDS.has(kind) ? kind : undefined,
    profile,
    origin: originOf(textIn(call.body, "url") ?? textIn(call.body, "origin")),
  };
}

export function browserDecision(
  subject: BrowserSubject,
  { outcome, reason }: Pick<BrowserDecision, "outcome" | "reason">,
  call: InvokeCall,
  context: HostContext,
): BrowserDecision {
  return {
    kind: "browser",
    by: "gateway",
    sessionKey: call.sessionKey,
    outcome,
    reason,
    ...subject,
    ...auditOrigin(call, context),
  };
}

/** The same for a person: `POST /act click`. */
export function subjectText({ method = "", route = "(no route)", action }: BrowserSubject): string {
  return [method, route, action].filter((part) => part !== undefined && part !== "").join(" ");
}

function textIn(body: unknown, key: string): string | undefined {
  const value: unknown =
    typeof body === "object" && body !== null && Object.hasOwn(body, key)
      ? Reflect.get(body, key)
      : undefined;
  return typeof value === "string" ? value.trim() : undefined;
}

/** Scheme, host and port; of an address without a host only the scheme, because the rest may be content. */
function originOf(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { origin, protocol } = new URL(address);
  return origin === "null" ? protocol.slice(0, 40) : origin.slice(0, 300);
}
