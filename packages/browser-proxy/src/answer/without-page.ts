import { judgeNavigation } from "../address/navigation.ts";
import type { ReachPolicy } from "../address/reach-policy.ts";
import type { BrowserCall } from "../browser-call.ts";
import type { AdmittedBrowserCall } from "../call-policy.ts";
import { browserDoctor } from "./browser-doctor.ts";
import { browserStatus, profileList, visibleNames } from "./browser-status.ts";
import type { BrowserSettings, ProfileState } from "./browser-status.ts";
import type { BrowserEra, RouteFailure, RouteOutcome, RoutedProfile } from "./route-outcome.ts";

export interface PagelessQuestion {
  readonly call: BrowserCall;
  readonly admitted: AdmittedBrowserCall & { readonly ok: true };
  readonly era: BrowserEra;
  readonly states: readonly ProfileState[];
  readonly settings: BrowserSettings;
  readonly reach: ReachPolicy;
}

export interface PagelessAnswer {
  /** Undefined when the route needs the browser, which may be started for it now. */
  readonly outcome: RouteOutcome | undefined;
  readonly routed: RoutedProfile | undefined;
}

const kinds: ReadonlySet<string> = new Set([
  "click",
  "type",
  "press",
  "hover",
  "scrollIntoView",
  "drag",
  "select",
  "fill",
  "resize",
  "wait",
  "evaluate",
  "close",
  "batch",
  "clickCoords",
]);
const docsLine = "\nDocs: /gateway/configuration#browser-openclaw-managed-browser";

/**
 * Answers what needs no page: status, browser profiles, a stopped browser, and everything that is wrong with a call
 * before a browser has to be started for it.
 */
export function answerWithoutPage(question: PagelessQuestion): PagelessAnswer {
  const { call, admitted, states, settings, era } = question;
  const { pattern, method, since } = admitted.match.route;
  const route = `${method} ${pattern}`;
  if (route === "GET /profiles" && call.profile === undefined)
    return { outcome: succeeded(profileList(states, settings, era)), routed: undefined };
  if (since !== undefined && era === "2026.2")
    return { outcome: failed(404, "Not Found"), routed: undefined };
  const state = states.find(({ name }) => name === admitted.profile);
  if (state === undefined) {
    const error = `Profile "${admitted.profile}" not found. Available profiles: ${visibleNames(states, settings)}`;
    return { outcome: failed(404, error, { thrown: true }), routed: undefined };
  }
  const routed = { profile: state.name, driver: state.driver };
  return { outcome: stateOutcome(route, state, question), routed };
}

function stateOutcome(
  route: string,
  state: ProfileState,
  question: PagelessQuestion,
): RouteOutcome | undefined {
  const { settings, era, states } = question;
  if (route === "GET /") return succeeded(browserStatus(state, settings, era));
  if (route === "GET /profiles") return succeeded(profileList(states, settings, era));
  if (route === "GET /doctor") return succeeded(browserDoctor(state, settings));
  if (state.way === "unsupported") return failed(501, unsupportedText(state));
  const wrong = wrongBody(route, question);
  if (wrong !== undefined) return wrong;
  if (!state.running) {
    if (route === "GET /tabs") return succeeded({ running: false, tabs: [] });
    if (route === "POST /stop") return succeeded({ ok: true, stopped: false, profile: state.name });
    if (route === "POST /tabs/focus" || route === "DELETE /tabs/:targetId")
      return failed(409, "browser not running");
    if (state.way === "managed" && !settings.found.ok)
      return failed(500, settings.found.sentence, { thrown: true });
  } else if (route === "POST /start") return succeeded({ ok: true, profile: state.name });
  return undefined;
}

function wrongBody(
  route: string,
  { call, settings, reach, era }: PagelessQuestion,
): RouteFailure | undefined {
  if (route === "POST /tabs/focus" && text(call.body, "targetId") === "")
    return failed(400, "targetId is required");
  if (route === "POST /tabs/open" || route === "POST /navigate") {
    const url = text(call.body, "url");
    if (url === "") return failed(400, "url is required");
    const verdict = judgeNavigation(url, reach);
    return verdict.ok
      ? undefined
      : failed(400, verdict.routeError, { thrown: true, reason: "navigation_blocked" });
  }
  if (route !== "POST /act") return undefined;
  const kind = text(call.body, "kind");
  const code = (name: string): { code?: string } => (era === "2026.9" ? { code: name } : {});
  if (!kinds.has(kind)) return failed(400, "kind is required", code("ACT_KIND_REQUIRED"));
  if (settings.evaluateEnabled) return undefined;
  if (kind === "evaluate") return disabled("act:evaluate", code("ACT_EVALUATE_DISABLED"));
  return kind === "wait" && text(call.body, "fn") !== ""
    ? disabled("wait --fn", code("ACT_EVALUATE_DISABLED"))
    : undefined;
}

function disabled(what: string, more: { code?: string }): RouteFailure {
  return failed(403, `${what} is disabled by config (browser.evaluateEnabled=false).${docsLine}`, more);
}

function unsupportedText({ name, driver }: ProfileState): string {
  return `the browser profile "${name}" needs the driver "${driver}", which this node does not have; use a managed browser profile`;
}

/** A field of a body as routes read it: trimmed, numbers and booleans as text, anything else as nothing. */
function text(body: unknown, key: string): string {
  const value: unknown =
    typeof body === "object" && body !== null && Object.hasOwn(body, key)
      ? Reflect.get(body, key)
      : undefined;
  return ["string", "number", "boolean"].includes(typeof value) ? String(value).trim() : "";
}

function succeeded(result: Readonly<Record<string, unknown>>): RouteOutcome {
  return { ok: true, result };
}

function failed(status: number, error: string, more: Partial<RouteFailure> = {}): RouteFailure {
  return { ok: false, status, error, ...more };
}
