import { dirname, join } from "node:path";

import { userDataDir } from "../browser/browser-profile.ts";
import { systemNetwork } from "../egress/reach-host.ts";
import { browserProxyLimits } from "../limits.ts";
import { BrowserSession } from "./browser-session.ts";
import { judgeElsewhere } from "./judge-elsewhere.ts";
import type { LaunchBrowserQuestion, Launched } from "./launch-browser.ts";
import { makeArtifacts } from "./make-artifacts.ts";
import { RefusedHosts } from "./refused-hosts.ts";
import { emptyScratch } from "./scratch.ts";

export type AttachBrowserQuestion = Omit<
  LaunchBrowserQuestion,
  "executablePath" | "headless" | "noSandbox" | "extraArgs" | "env" | "platform" | "onEgress"
> & { readonly timeoutMs: number };

/** What the owner grants a browser elsewhere for both steps (browser proxy section 9), in milliseconds. */
export function attachMs({ remoteCdpTimeoutMs, remoteCdpHandshakeTimeoutMs }: AttachTimes): number {
  if (remoteCdpTimeoutMs === undefined && remoteCdpHandshakeTimeoutMs === undefined)
    return browserProxyLimits.attachMs;
  const first = remoteCdpTimeoutMs ?? 1_500;
  return first + (remoteCdpHandshakeTimeoutMs ?? Math.max(2_000, 2 * first));
}

interface AttachTimes {
  readonly remoteCdpTimeoutMs?: number | undefined;
  readonly remoteCdpHandshakeTimeoutMs?: number | undefined;
}

/**
 * Attaches to a browser that the owner runs elsewhere. It is not ours to start or to end, and its connections do not go
 * through our proxy: the addresses that are asked for, and those where redirects led, are judged here instead.
 */
export async function attachBrowser(question: AttachBrowserQuestion): Promise<Launched> {
  const { chromium, profile, stateDir, uploadsDir, downloadsDir, issued, reach, now, onLog } = question;
  const { network = systemNetwork } = question;
  const scratchDir = join(dirname(userDataDir(stateDir, profile.name)), "scratch");
  const failure = {
    ok: false,
    sentence: `the browser of the browser profile "${profile.name}" cannot be reached; check browser.profiles.${profile.name}.cdpUrl`,
  } as const;
  if (profile.cdpUrl === undefined || !(await emptyScratch(scratchDir))) return failure;
  try {
    const options = { timeout: question.timeoutMs, artifactsDir: scratchDir };
    const browser = await chromium.connectOverCDP(profile.cdpUrl, options);
    const context = browser.contexts()[0] ?? (await browser.newContext());
    const cdp = await browser.newBrowserCDPSession();
    const mediaDir = join(stateDir, "media", "browser");
    const places = { uploadsDir, downloadsDir, mediaDir, scratchDir };
    const artifacts = makeArtifacts({ ...places, issued, secrets: [] });
    const judge = judgeElsewhere(reach, network);
    const remote = { proxy: undefined, pid: undefined, userDataDir: undefined, judge };
    const refused = new RefusedHosts();
    const parts = { profile, context, cdp, refused, reach, artifacts, scratchDir, now, onLog };
    return { ok: true, session: new BrowserSession({ ...parts, ...remote }) };
  } catch {
    // What is thrown names the URL, and its credentials with it.
    return failure;
  }
}
