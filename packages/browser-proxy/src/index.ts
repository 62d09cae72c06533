// Reads and judges one `browser.proxy` call of a Gateway: fields, route, browser profile, in a fixed order of checks.
// Pure so far: what starts and drives a browser is not here yet.
export { BrowserProxyError, browserRefusalText } from "./errors.ts";
export type { BrowserProxyErrorCode, BrowserProxyErrorDetails } from "./errors.ts";
export { browserProxyLimits } from "./limits.ts";
export type { BrowserProxyLimits } from "./limits.ts";

export { parseBrowserCall } from "./browser-call.ts";
export type { BrowserCall, BrowserMethod, ParsedBrowserCall } from "./browser-call.ts";
export { admitBrowserCall, isProfileAllowed, visibleProfiles } from "./call-policy.ts";
export type { AdmittedBrowserCall, BrowserCallPolicy } from "./call-policy.ts";
export { browserRoutes, findBrowserRoute, isProfileMutation } from "./routes.ts";
export type { BrowserRoute, RouteMatch, RouteTier } from "./routes.ts";
