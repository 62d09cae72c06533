import { createHash } from "node:crypto";

import type { BrowserEra } from "../answer/route-outcome.ts";
import type { BrowserSession } from "../session/browser-session.ts";
import type { Tab } from "../session/tab.ts";
import { isForbidden } from "../session/watch-page.ts";

type Shape = Readonly<Record<string, unknown>>;

/** The tabs of a browser as Gateways know them (browser proxy section 8.1). There is no control port: `wsUrl` is null. */
export async function tabShapes(session: BrowserSession, era: BrowserEra): Promise<readonly Shape[]> {
  const tabs = await session.tabs.all();
  const facts = await targetFacts(session);
  return tabs.map((tab) => tabShape(tab, facts, era));
}

/** The answer to `POST /tabs/open`. */
export async function openedShape(session: BrowserSession, tab: Tab, era: BrowserEra): Promise<Shape> {
  const shape = tabShape(tab, await targetFacts(session), "2026.2");
  if (era === "2026.2") return shape;
  const place = session.userDataDir ?? session.profile.name;
  const ownership = {
    status: "durable",
    nativeTargetId: tab.targetId,
    profileFingerprint: fingerprint(place),
    browserInstanceFingerprint: fingerprint(`${place} ${String(session.pid)} ${String(session.sinceMs)}`),
  };
  return { ...shape, ownership, ...ids(tab), resolvedProfile: session.profile.name };
}

function tabShape(tab: Tab, facts: TargetFacts, era: BrowserEra): Shape {
  const { title = "", url = tab.page.url() } = facts.get(tab.targetId) ?? {};
  const shape = { targetId: tab.targetId, title, url, wsUrl: null, type: "page" };
  return era === "2026.9" ? { ...shape, ...ids(tab) } : shape;
}

function ids({ tabId }: Tab): Shape {
  return { suggestedTargetId: tabId, tabId };
}

type TargetFacts = ReadonlyMap<string, { readonly title: string; readonly url: string }>;

/** Asked of the browser and not of the pages: one of them may hang. */
async function targetFacts({ cdp }: BrowserSession): Promise<TargetFacts> {
  const { targetInfos } = await cdp.send("Target.getTargets");
  // The browser tells where a page wanted to go; where it may not, there is nothing but a refusal.
  const facts = ({ title, url }: (typeof targetInfos)[number]): { title: string; url: string } =>
    isForbidden(url) || url === "" ? { title: "", url: url && "about:blank#blocked" } : { title, url };
  return new Map(targetInfos.map((info) => [info.targetId, facts(info)]));
}

function fingerprint(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
