import { browserProxyLimits } from "../limits.ts";

export interface LaunchQuestion {
  readonly userDataDir: string;
  /** Of our proxy on 127.0.0.1. */
  readonly proxyPort: number;
  readonly platform: string;
  readonly headless: boolean;
  /** `browser.noSandbox`: a page that breaks the renderer then has the rights of this user. */
  readonly noSandbox: boolean;
  /** `browser.extraArgs` */
  readonly extraArgs?: readonly string[];
}

export interface LaunchPlan {
  readonly args: readonly string[];
  /** Arguments of the owner that were left out, one sentence each. */
  readonly problems: readonly string[];
}

/** Features that look for devices and services in the local network, or ask somebody's servers on their own. */
const disabledFeatures = [
  "Translate",
  "MediaRouter",
  // Its responder would join the local network's multicast group as soon as a page uses WebRTC.
  "WebRtcHideLocalIpsWithMdns",
  "DialMediaRouteProvider",
  "OptimizationHints",
  "AutofillServerCommunication",
  "CertificateTransparencyComponentUpdater",
  "InterestFeedContentSuggestions",
  "NetworkTimeServiceQuerying",
  "PreconnectToSearch",
  "AimEnabled",
  "LensOverlay",
  // A page that is asked for over http stays on http, and is not asked for a second time.
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  // What drives the pages has to see every paint and every leaving of a page.
  "PaintHolding",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
];

/** Where a browser asks who is signed in: a name that leads nowhere, so that our proxy can tell these questions from a page's. */
export const browserOwnHost = "accounts.invalid";

/** Screenshots do not resize the page; nobody is asked whether somebody is signed in. */
const enabledFeatures = ["CDPScreenshotNewSurface", "SkipListAccountsWithoutGaiaCookies"];

/** Pages go on in the background, and a page that was left is gone: what drives them counts on both. */
const drivenSwitches = [
  "--disable-back-forward-cache",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
  "--disable-hang-monitor",
  "--disable-prompt-on-repost",
  "--disable-field-trial-config",
  "--allow-pre-commit-input",
  "--force-color-profile=srgb",
  "--no-service-autorun",
];

/** No first-run pages, no accounts, no reports, no updates, no key ring that asks a person. */
const quietSwitches = [
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-default-apps",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-domain-reliability",
  "--disable-client-side-phishing-detection",
  "--disable-breakpad",
  "--no-pings",
  "--metrics-recording-only",
  "--disable-session-crashed-bubble",
  "--hide-crash-restore-bubble",
  "--password-store=basic",
  "--disable-search-engine-choice-screen",
  "--use-mock-keychain",
];

/**
 * Switches that would take away what we promise: no control port, every connection through our proxy, no extensions, no
 * reading of local files by pages, our own user data directory. They are ours to set, whoever asks.
 */
const ownSwitches: readonly RegExp[] = [
  /^remote-/,
  /^(?:no-)?proxy-/,
  /^no-proxy/,
  /^winhttp-proxy|^ignore-certificate-errors/,
  /^host-(?:rules|resolver-rules)$/,
  /^dns-|^enable-features$/,
  /quic/,
  /webrtc/,
  /extension/,
  /^user-data-dir$|^profile-directory$|^guest$|^incognito$/,
  /^headless|^no-sandbox$|^disable-setuid-sandbox$|^disable-.*sandbox$|^no-zygote|^single-process$/,
  /devtools|^custom-devtools/,
  /^allow-file-access|^disable-web-security$|^allow-running-insecure|^unsafely-treat/,
  /^(?:renderer|utility|gpu|ppapi|plugin|nacl)-.*(?:prefix|launcher|cmd)|^gpu-launcher$|^browser-subprocess-path$/,
  /^app$|^app-|^kiosk|^load-|^install-|^pack-|^make-|^dump-|^print-to-pdf|^screenshot|^repl$|^enable-automation$/,
  /^log-net-log$|^net-log|^ssl-key-log-file$|^enable-logging|^v$|^vmodule$|^trace-|^enable-crash-reporter/,
  /^auth-server|^auth-negotiate|^explicitly-allowed-ports$|^type$/,
];

/**
 * The arguments of a managed browser: control over a pipe (descriptors 3 and 4), one proxy for everything, loopback
 * included, and nothing that talks on its own (browser proxy sections 9 and 10.1). The proxy's credentials are not among
 * them: other users can read arguments.
 */
export function launchArguments(question: LaunchQuestion): LaunchPlan {
  const { platform, headless, noSandbox, userDataDir, proxyPort } = question;
  const extra = extraArguments(question.extraArgs ?? []);
  const ours = [
    "--remote-debugging-pipe",
    `--user-data-dir=${userDataDir}`,
    `--proxy-server=http://127.0.0.1:${String(proxyPort)}`,
    // Without this entry, browsers go to loopback past the proxy.
    "--proxy-bypass-list=<-loopback>",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    ...quietSwitches,
    ...drivenSwitches,
    `--gaia-url=http://${browserOwnHost}/`,
    `--enable-features=${enabledFeatures.join(",")}`,
    `--disable-features=${[...disabledFeatures, ...extra.features].join(",")}`,
    ...(headless ? ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--mute-audio"] : []),
    ...(noSandbox ? ["--no-sandbox", "--disable-setuid-sandbox"] : []),
    ...(platform === "linux" ? ["--disable-dev-shm-usage"] : []),
  ];
  const names = new Set(ours.map(nameOf));
  // What is there already stays as it is.
  const added = extra.args.filter((argument) => !names.has(nameOf(argument)));
  return { args: [...ours, ...added, "about:blank"], problems: extra.problems };
}

/** How the arguments have to be connected: the pipe for commands is 3, the one for answers is 4. */
export const launchStdio: readonly ["ignore", "ignore", "ignore", "pipe", "pipe"] = [
  "ignore",
  "ignore",
  "ignore",
  "pipe",
  "pipe",
];

function extraArguments(given: readonly string[]): {
  readonly args: readonly string[];
  readonly features: readonly string[];
  readonly problems: readonly string[];
} {
  const args: string[] = [];
  const features: string[] = [];
  const problems: string[] = [];
  if (given.length > browserProxyLimits.extraArguments)
    return {
      args,
      features,
      problems: ["browser.extraArgs has too many entries and is left out; shorten it"],
    };
  for (const [index, argument] of given.entries()) {
    const where = `browser.extraArgs[${String(index)}]`;
    // The same switch may be written with one dash, with two, and on Windows with a slash.
    const name = /^--([a-z0-9][a-z0-9-]*)(?:=[^\0\r\n]*)?$/.exec(argument)?.[1];
    if (name === undefined)
      problems.push(`${where} is no switch and is left out; write \`--name\` or \`--name=value\``);
    else if (name === "disable-features") features.push(...featureNames(argument));
    else if (ownSwitches.some((pattern) => pattern.test(name)))
      problems.push(
        `${where} is left out: \`--${name}\` is set by the node, so that the browser stays closed`,
      );
    else args.push(argument);
  }
  return { args, features, problems };
}

function nameOf(argument: string): string | undefined {
  return argument.split("=")[0];
}

function featureNames(argument: string): readonly string[] {
  return (argument.split("=")[1] ?? "").split(",").filter((name) => /^\w+$/.test(name));
}
