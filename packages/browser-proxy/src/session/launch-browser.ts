import { dirname, join } from "node:path";

import type { BrowserContext, BrowserType } from "playwright-core";

import type { ReachPolicy } from "../address/reach-policy.ts";
import { prepareUserDataDir, userDataDir as dataDirOf } from "../browser/browser-profile.ts";
import type { BrowserProfile } from "../browser/browser-profile.ts";
import { browserEnvironment } from "../browser/browser-environment.ts";
import { browserOwnHost, launchArguments } from "../browser/launch-arguments.ts";
import { EgressProxy } from "../egress/egress-proxy.ts";
import type { EgressRecord } from "../egress/egress-record.ts";
import { systemNetwork } from "../egress/reach-host.ts";
import type { EgressNetwork } from "../egress/reach-host.ts";
import { browserProxyLimits } from "../limits.ts";
import { proxyAuthorization } from "../egress/proxy-credentials.ts";
import type { IssuedFiles } from "../files/issued-files.ts";
import { BrowserSession } from "./browser-session.ts";
import { launchFailure } from "./launch-failure.ts";
import { makeArtifacts } from "./make-artifacts.ts";
import { presentCredentials } from "./present-credentials.ts";
import { freeUserDataDir } from "./profile-lock.ts";
import { RefusedHosts } from "./refused-hosts.ts";
import { emptyScratch, removeScratch } from "./scratch.ts";
import { writePreferences } from "./write-preferences.ts";

export interface LaunchBrowserQuestion {
  readonly chromium: BrowserType;
  readonly executablePath: string;
  readonly profile: BrowserProfile;
  readonly stateDir: string;
  readonly headless: boolean;
  readonly noSandbox: boolean;
  readonly extraArgs: readonly string[];
  readonly reach: ReachPolicy;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly uploadsDir: string;
  readonly downloadsDir: string;
  readonly issued: IssuedFiles;
  readonly now: () => number;
  readonly onLog: (level: "info" | "warn", sentence: string) => void;
  readonly onEgress: (record: EgressRecord) => void;
  readonly network: EgressNetwork | undefined;
}

export type Launched =
  | { readonly ok: true; readonly session: BrowserSession }
  | {
      readonly ok: false;
      readonly sentence: string;
      /** Of the route's failure; 500 without one. */
      readonly status?: number;
    };

/** Starts one browser with everything that keeps it closed, or leaves nothing behind. */
export async function launchBrowser(question: LaunchBrowserQuestion): Promise<Launched> {
  const { stateDir, profile } = question;
  const userDataDir = dataDirOf(stateDir, profile.name);
  const scratchDir = join(dirname(userDataDir), "scratch");
  const unsafe =
    "the directory of this browser profile is not safe to use; its owner has to check who it belongs to";
  if (!(await prepareUserDataDir(stateDir, profile.name))) return { ok: false, sentence: unsafe };
  if (!(await freeUserDataDir(userDataDir)))
    return { ok: false, sentence: launchFailure(new Error("ProcessSingleton")) };
  if (!(await emptyScratch(scratchDir)) || !(await writePreferences(userDataDir, profile)))
    return { ok: false, sentence: unsafe };
  const refused = new RefusedHosts();
  const proxy = await startProxy(question, refused);
  try {
    const context = await start(question, { proxy, userDataDir, scratchDir });
    try {
      const making = sessionOf(question, { context, proxy, refused, userDataDir, scratchDir });
      return { ok: true, session: await inTime(making, browserProxyLimits.launchMs) };
    } catch (error) {
      await context.close().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    await proxy.close();
    await removeScratch(scratchDir);
    return { ok: false, sentence: launchFailure(error) };
  }
}

/** A browser that has started may still never answer. */
async function inTime<Result>(work: Promise<Result>, limitMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`Timeout ${String(limitMs)}ms exceeded`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function startProxy(question: LaunchBrowserQuestion, refused: RefusedHosts): Promise<EgressProxy> {
  const { reach, network = systemNetwork, onEgress } = question;
  // What is nobody's wish is nobody's record: the browser's own questions, and the first request to the proxy itself, by
  // which we make the browser know its credentials.
  const own = new Set([`${browserOwnHost}:80`]);
  const proxy = await EgressProxy.start({
    policy: reach,
    network: {
      ...network,
      resolve: (name) => (name === browserOwnHost ? Promise.resolve([]) : network.resolve(name)),
    },
    onRecord: (record) => {
      if (record.target !== undefined && own.has(record.target)) {
        own.delete(`127.0.0.1:${String(proxy.port)}`);
        return;
      }
      refused.note(record);
      onEgress(record);
    },
  });
  own.add(`127.0.0.1:${String(proxy.port)}`);
  return proxy;
}

interface Place {
  readonly proxy: EgressProxy;
  readonly userDataDir: string;
  readonly scratchDir: string;
}

function start(question: LaunchBrowserQuestion, place: Place): Promise<BrowserContext> {
  const { headless, noSandbox, extraArgs, platform, env, onLog, executablePath } = question;
  const { userDataDir, scratchDir } = place;
  const proxyPort = place.proxy.port;
  const plan = launchArguments({ userDataDir, proxyPort, platform, headless, noSandbox, extraArgs });
  for (const problem of plan.problems) onLog("warn", problem);
  return question.chromium.launchPersistentContext(userDataDir, {
    executablePath,
    // All arguments are ours: those that come along by themselves open a door or two.
    ignoreDefaultArgs: true,
    args: [...plan.args],
    env: { ...browserEnvironment(env, platform) },
    headless,
    viewport: headless ? { width: 1280, height: 720 } : null,
    acceptDownloads: true,
    downloadsPath: scratchDir,
    tracesDir: scratchDir,
    artifactsDir: scratchDir,
    // Whoever owns this process decides when it ends, and closes the browsers before.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    timeout: browserProxyLimits.launchMs,
  });
}

async function sessionOf(
  question: LaunchBrowserQuestion,
  parts: Place & { readonly context: BrowserContext; readonly refused: RefusedHosts },
): Promise<BrowserSession> {
  const { context, proxy, scratchDir } = parts;
  const { stateDir, uploadsDir, downloadsDir, issued, profile, reach, now, onLog } = question;
  const timeout = browserProxyLimits.launchMs;
  const page = context.pages()[0] ?? (await context.waitForEvent("page", { timeout }));
  await presentCredentials(context, page, proxy);
  const browser = context.browser();
  if (browser === null) throw new Error("the browser cannot be asked for its processes");
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
  const pid = processInfo.find(({ type }) => type === "browser")?.id;
  const mediaDir = join(stateDir, "media", "browser");
  const { credentials } = proxy;
  const secrets = [credentials.password, proxyAuthorization(credentials).replace("Basic ", "")];
  const artifacts = makeArtifacts({ uploadsDir, downloadsDir, mediaDir, scratchDir, issued, secrets });
  const session = new BrowserSession({ ...parts, profile, cdp, pid, reach, artifacts, now, onLog });
  await session.tabs.all();
  return session;
}
