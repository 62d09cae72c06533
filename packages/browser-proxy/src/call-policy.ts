import type { BrowserCall } from "./browser-call.ts";
import { BrowserProxyError } from "./errors.ts";
import { findBrowserRoute, isProfileMutation } from "./routes.ts";
import type { RouteMatch } from "./routes.ts";

/** What the owner's configuration says; read again for every call. */
export interface BrowserCallPolicy {
  /** `nodeHost.browserProxy.enabled` */
  readonly proxyEnabled: boolean;
  /** `browser.enabled` */
  readonly browserEnabled: boolean;
  /** `nodeHost.browserProxy.allowProfiles`; empty sets no limit. */
  readonly allowProfiles: readonly string[];
  /** The browser profile of calls that name none. */
  readonly defaultProfile: string;
}

export type AdmittedBrowserCall =
  | {
      readonly ok: true;
      readonly match: RouteMatch;
      /** The browser profile that the call runs in. */
      readonly profile: string;
      /** Whether profile names in the answer have to pass `visibleProfiles`. */
      readonly filterProfiles: boolean;
    }
  | { readonly ok: false; readonly error: BrowserProxyError };

/**
 * Judges a call in the order of browser proxy section 3: proxy on, browser on, no profile mutation, profile allowed,
 * route known. The refusal is a result with one of `proxy-disabled`, `browser-disabled`, `profile-mutation`,
 * `profile-not-allowed`, `unknown-route`.
 */
export function admitBrowserCall(call: BrowserCall, policy: BrowserCallPolicy): AdmittedBrowserCall {
  if (!policy.proxyEnabled)
    return refused(
      "proxy-disabled",
      "the browser proxy is off; the owner can set nodeHost.browserProxy.enabled",
    );
  if (!policy.browserEnabled)
    return refused("browser-disabled", "the browser is off; the owner can set browser.enabled");
  if (isProfileMutation(call))
    return refused(
      "profile-mutation",
      "browser profiles are changed on this machine only, never by a Gateway",
    );
  const profile = call.profile ?? policy.defaultProfile;
  const listsProfiles = isProfileList(call) && call.profile === undefined;
  if (!listsProfiles && !isProfileAllowed(profile, policy.allowProfiles))
    return refused(
      "profile-not-allowed",
      "the browser profile is not on the owner's list nodeHost.browserProxy.allowProfiles; use one that is",
    );
  const match = findBrowserRoute(call);
  if (match === undefined)
    return refused("unknown-route", "there is no such browser route; see the route table");
  return { ok: true, match, profile, filterProfiles: isProfileList(call) };
}

/** Entries of the list are trimmed, blank ones do not count; names are compared exactly. */
export function isProfileAllowed(profile: string, allowProfiles: readonly string[]): boolean {
  const allowed = allowProfiles.map((name) => name.trim()).filter((name) => name !== "");
  // Only an empty list sets no limit. One that holds nothing but blanks was meant to set one, and allows nothing.
  return allowProfiles.length === 0 || allowed.includes(profile);
}

/** What of a list of browser profiles the Gateway may see. */
export function visibleProfiles<Profile extends { readonly name: string }>(
  profiles: readonly Profile[],
  allowProfiles: readonly string[],
): readonly Profile[] {
  return profiles.filter(({ name }) => isProfileAllowed(name, allowProfiles));
}

function isProfileList(call: BrowserCall): boolean {
  return call.method === "GET" && call.segments?.length === 1 && call.segments[0] === "profiles";
}

function refused(code: BrowserProxyError["code"], message: string): AdmittedBrowserCall {
  return { ok: false, error: new BrowserProxyError(code, message) };
}
