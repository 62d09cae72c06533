// Judges and answers `browser.proxy` calls of a Gateway with managed browsers, and keeps those closed: where their pages go
// (address policy and egress proxy), which files they get, how they are launched, driven, and ended with nothing left.
export { BrowserProxyError, browserRefusalText } from "./errors.ts";
export type { BrowserProxyErrorCode, BrowserProxyErrorDetails } from "./errors.ts";
export { browserProxyLimits } from "./limits.ts";
export type { BrowserProxyLimits } from "./limits.ts";

export { parseBrowserCall } from "./browser-call.ts";
export type { BrowserCall, BrowserMethod, BrowserProxyCommand, ParsedBrowserCall } from "./browser-call.ts";
export type { SentFile } from "./sent-files.ts";
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

export { findBrowser, thisMachine } from "./browser/find-browser.ts";
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

export { installedPlaywright, isTooOldPlaywright, OLDEST_PLAYWRIGHT } from "./driver/playwright-version.ts";

export { BrowserDriver } from "./process/browser-driver.ts";
export type {
  BrowserDriverOptions,
  DriverCallOptions,
  DriverLoss,
  DriverReply,
} from "./process/browser-driver.ts";
export type {
  DriverAnswer,
  DriverCall,
  DriverCallEnd,
  DriverSetup,
  RunningBrowser,
} from "./process/driver-messages.ts";
export type { DriverProgram } from "./process/driver-process.ts";
export { serveDriver } from "./process/serve-driver.ts";
export type { DriverChannel, ServeDriverOptions } from "./process/serve-driver.ts";

export { ManagedBrowsers } from "./driver/managed-browsers.ts";
export type {
  BrowserAnswer,
  CallOptions,
  ManagedBrowserConfig,
  ManagedBrowsersOptions,
  ManagedBrowserStatus,
} from "./driver/managed-browsers.ts";

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
