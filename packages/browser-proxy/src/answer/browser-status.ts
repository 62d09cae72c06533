import { isProfileAllowed, visibleProfiles } from "../call-policy.ts";
import { redactedUrl } from "../browser/browser-profile.ts";
import type { BrowserProfile } from "../browser/browser-profile.ts";
import type { BrowserSearchResult } from "../browser/find-browser.ts";
import type { BrowserEra } from "./route-outcome.ts";

/** A browser profile and what its browser does at the moment. */
export interface ProfileState extends BrowserProfile {
  readonly running: boolean;
  /** Of a managed browser that runs. */
  readonly pid: number | undefined;
  readonly tabCount: number;
  /** Of a managed browser that runs. */
  readonly userDataDir: string | undefined;
  readonly attachOnly: boolean;
}

/** What is the same for all browser profiles. */
export interface BrowserSettings {
  readonly headless: boolean;
  readonly noSandbox: boolean;
  /** `browser.executablePath` */
  readonly executablePath: string | undefined;
  readonly evaluateEnabled: boolean;
  readonly defaultProfile: string;
  readonly allowProfiles: readonly string[];
  readonly found: BrowserSearchResult;
}

type Shape = Readonly<Record<string, unknown>>;

/**
 * `GET /` (browser proxy section 8.1). There is no control port: `cdpPort` and, for a managed browser, `cdpUrl` are null.
 */
export function browserStatus(state: ProfileState, settings: BrowserSettings, era: BrowserEra): Shape {
  const { found, headless, noSandbox } = settings;
  const isNew = era === "2026.9";
  return {
    enabled: true,
    profile: state.name,
    ...(isNew ? { driver: state.driver, transport: "cdp" } : {}),
    running: state.running,
    cdpReady: state.running,
    cdpHttp: state.running,
    ...(isNew ? { pageReady: state.running } : {}),
    pid: state.pid ?? null,
    cdpPort: null,
    cdpUrl: shownUrl(state),
    chosenBrowser: state.running && state.way === "managed" && found.ok ? found.kind : null,
    detectedBrowser: found.ok ? found.kind : null,
    detectedExecutablePath: found.ok ? found.path : null,
    detectError: found.ok ? null : found.sentence,
    userDataDir: state.userDataDir ?? null,
    color: state.color,
    headless,
    ...(isNew ? { headlessSource: "config" } : {}),
    noSandbox,
    executablePath: settings.executablePath ?? null,
    attachOnly: state.attachOnly,
    ...(isNew ? { graphics: null } : {}),
  };
}

/** `GET /profiles`, without those that the Gateway may not see. */
export function profileList(
  states: readonly ProfileState[],
  settings: BrowserSettings,
  era: BrowserEra,
): Shape {
  const isNew = era === "2026.9";
  const profiles = visibleProfiles(states, settings.allowProfiles).map((state) => ({
    name: state.name,
    ...(isNew ? { transport: "cdp" } : {}),
    cdpPort: null,
    cdpUrl: shownUrl(state),
    color: state.color,
    ...(isNew ? { driver: state.driver } : {}),
    running: state.running,
    tabCount: state.tabCount,
    isDefault: state.name === settings.defaultProfile,
    isRemote: state.way === "remote",
    ...(isNew ? { reconcileReason: null } : {}),
  }));
  return { profiles };
}

/** Names that the Gateway may know, for the text of a 404. */
export function visibleNames(states: readonly ProfileState[], settings: BrowserSettings): string {
  return states
    .map(({ name }) => name)
    .filter((name) => isProfileAllowed(name, settings.allowProfiles))
    .join(", ");
}

function shownUrl({ cdpUrl }: ProfileState): string | null {
  return cdpUrl === undefined ? null : (redactedUrl(cdpUrl) ?? null);
}
