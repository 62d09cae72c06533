import { join } from "node:path";

import { preparePlace } from "../files/private-place.ts";
import { browserProxyLimits } from "../limits.ts";

/** `browser.profiles.<name>` as it is written. */
export interface BrowserProfileEntry {
  readonly cdpPort?: number | undefined;
  readonly cdpUrl?: string | undefined;
  readonly color?: string | undefined;
  readonly driver?: string | undefined;
  readonly attachOnly?: boolean | undefined;
}

export interface BrowserProfile {
  readonly name: string;
  /** `#RRGGBB` */
  readonly color: string;
  /**
   * `managed`: ours to start, spoken to over a pipe. `remote`: somebody else's, attached to by its URL. `unsupported`:
   * needs an extension or a running browser of the owner, which a headless node does not have.
   */
  readonly way: "managed" | "remote" | "unsupported";
  /** The driver as Gateways call it. */
  readonly driver: string;
  /** Of a remote one, with its credentials; see `redactedUrl` for what may be shown. */
  readonly cdpUrl: string | undefined;
}

export const managedProfileName = "openclaw";
const defaultColor = "#FF4500";

export function isProfileName(name: string): boolean {
  return name.length <= browserProxyLimits.profileChars && /^[a-z0-9][a-z0-9-]*$/.test(name);
}

/** The managed browser profile and those of the configuration, without names that are none. */
export function readBrowserProfiles(
  entries: ReadonlyMap<string, BrowserProfileEntry>,
): readonly BrowserProfile[] {
  const names = new Set([managedProfileName, ...entries.keys()]);
  return [...names].filter(isProfileName).map((name) => profileOf(name, entries.get(name) ?? {}));
}

function profileOf(name: string, entry: BrowserProfileEntry): BrowserProfile {
  const color = /^#[0-9a-f]{6}$/i.test(entry.color ?? "") ? (entry.color ?? "").toUpperCase() : defaultColor;
  const driver = entry.driver ?? "openclaw";
  const isKnown = driver === "openclaw" || driver === "clawd";
  const cdpUrl = isKnown ? entry.cdpUrl : undefined;
  const way = !isKnown ? "unsupported" : cdpUrl === undefined ? "managed" : "remote";
  return { name, color, way, driver, cdpUrl };
}

/** A URL without user, password, query and fragment: all places where credentials stand. Undefined for no URL. */
export function redactedUrl(text: string): string | undefined {
  try {
    const url = new URL(text);
    return `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
  } catch {
    return undefined;
  }
}

/** `<state directory>/browser/<name>/user-data`. Throws a TypeError for a name that is none: it must not get this far. */
export function userDataDir(stateDir: string, name: string): string {
  if (!isProfileName(name)) throw new TypeError("not the name of a browser profile");
  return join(stateDir, "browser", name, "user-data");
}

/** Makes the user data directory and what lies above it, for their owner only. False when it is not safe to use. */
export async function prepareUserDataDir(stateDir: string, name: string): Promise<boolean> {
  const path = userDataDir(stateDir, name);
  for (const level of [join(path, "../.."), join(path, ".."), path])
    if (!(await preparePlace(level))) return false;
  return true;
}

/**
 * The preferences that a new user data directory starts with: name and color for whoever looks at the window, no
 * passwords kept, nothing opened at the start, and no connection of WebRTC beside the proxy.
 */
export function initialPreferences({ name, color }: Pick<BrowserProfile, "name" | "color">): object {
  return {
    profile: { name, exit_type: "Normal", exited_cleanly: true, password_manager_enabled: false },
    credentials_enable_service: false,
    signin: { allowed: false, allowed_on_next_startup: false },
    browser: { theme: { user_color2: argb(color) }, has_seen_welcome_page: true },
    session: { restore_on_startup: 5 },
    webrtc: {
      ip_handling_policy: "disable_non_proxied_udp",
      multiple_routes_enabled: false,
      nonproxied_udp_enabled: false,
    },
    net: { network_prediction_options: 2 },
    alternate_error_pages: { enabled: false },
    safebrowsing: { enabled: false },
    search: { suggest_enabled: false },
    // The owner's own list in any browser of the family: whatever leads elsewhere is blocked before it is loaded, in
    // popups and frames as well, whoever asks for it. Pages of the browser itself do not count as "everything".
    policy: {
      url_blocklist: ["*", ...browserSchemes.map((scheme) => `${scheme}:*`)],
      url_allowlist: ["http:*", "https:*", "about:blank", "about:srcdoc", "blob:*", "data:*"],
    },
  };
}

const browserSchemes: readonly string[] = [
  "chrome",
  "chrome-untrusted",
  "chrome-search",
  "edge",
  "brave",
  "devtools",
  "view-source",
  "file",
  "filesystem",
  "ftp",
];

/** Browsers keep a color as a signed number of 32 bits. */
function argb(color: string): number {
  return 0xff00_0000 | Number.parseInt(color.slice(1), 16) | 0;
}
