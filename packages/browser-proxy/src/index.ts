// Judges `browser.proxy` calls of a Gateway, and holds what keeps a managed browser closed: where its pages go (address
// policy and egress proxy), which files it gets, how it is found and launched. What drives a page is not here yet.
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

export { judgeNavigation } from "./address/navigation.ts";
export type { NavigationVerdict } from "./address/navigation.ts";
export type { PageHost } from "./address/page-host.ts";
export type { ReachReason, ReachVerdict } from "./address/reach.ts";
export { readReachPolicy, strictReachPolicy } from "./address/reach-policy.ts";
export type { ReachConfig, ReachPolicy } from "./address/reach-policy.ts";

export { EgressProxy } from "./egress/egress-proxy.ts";
export type { EgressProxyOptions } from "./egress/egress-proxy.ts";
export type { EgressReason, EgressRecord } from "./egress/egress-record.ts";
export type { ProxyCredentials } from "./egress/proxy-credentials.ts";
export type { EgressNetwork } from "./egress/reach-host.ts";

export { readUploads } from "./files/read-upload.ts";
export type { UploadFile } from "./files/read-upload.ts";
export { writeDownload } from "./files/download-file.ts";
export type { DownloadRequest } from "./files/download-file.ts";
export { IssuedFiles } from "./files/issued-files.ts";
export type { AnswerFile, AnswerFiles } from "./files/issued-files.ts";
export type { FileReason, FileRefusal } from "./files/file-refusal.ts";

export { findBrowser } from "./browser/find-browser.ts";
export type { BrowserSearch, BrowserSearchResult } from "./browser/find-browser.ts";
export type { BrowserMachine } from "./browser/default-browser.ts";
export type { BrowserKind } from "./browser/known-browsers.ts";
export { launchArguments, launchStdio } from "./browser/launch-arguments.ts";
export type { LaunchPlan, LaunchQuestion } from "./browser/launch-arguments.ts";
export { browserEnvironment } from "./browser/browser-environment.ts";
export {
  initialPreferences,
  isProfileName,
  prepareUserDataDir,
  readBrowserProfiles,
  userDataDir,
} from "./browser/browser-profile.ts";
export type { BrowserProfile, BrowserProfileEntry } from "./browser/browser-profile.ts";

export { answerWithoutPage } from "./answer/without-page.ts";
export type { PagelessAnswer, PagelessQuestion } from "./answer/without-page.ts";
export type { BrowserSettings, ProfileState } from "./answer/browser-status.ts";
export { invokeAnswer, refusedInvoke, timedOutInvoke } from "./answer/route-outcome.ts";
export type {
  AnswerFrame,
  BrowserEra,
  InvokeAnswer,
  RouteFailure,
  RouteOutcome,
  RoutedProfile,
} from "./answer/route-outcome.ts";
