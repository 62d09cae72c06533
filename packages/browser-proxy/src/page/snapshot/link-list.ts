import { browserProxyLimits } from "../../limits.ts";
import type { PageContext } from "../page-route.ts";
import { scriptCall } from "../page-script.ts";
import { unlessAborted } from "../within.ts";

/** Runs in the page: where its links lead, each once. */
const readLinks = `({ links, chars }) => {
  const found = new Map();
  for (const link of document.querySelectorAll("a[href]")) {
    const { href } = link;
    if (!/^https?:/.test(href) || href.length > 2048 || found.has(href)) continue;
    const words = link.innerText || link.textContent || link.getAttribute("aria-label") || "";
    found.set(href, words.replace(/\\s+/g, " ").trim().slice(0, chars) || href);
    if (found.size >= links) break;
  }
  return [...found].map(([href, words]) => words + " -> " + href);
}`;

/** The links of a page as lines for the end of its snapshot, as many as there is room for. Empty without any. */
export async function linkList(context: PageContext, room: number): Promise<string> {
  const { snapshotLinks: links, linkChars: chars } = browserProxyLimits;
  const found = await unlessAborted(
    context,
    context.page.evaluate<unknown>(scriptCall(readLinks, { links, chars })),
  );
  const head = "\n\nLinks:";
  const given: readonly unknown[] = Array.isArray(found) ? found.slice(0, links) : [];
  let text = head;
  for (const [index, link] of given.entries()) {
    const line = `\n${String(index + 1)}. ${String(link).replaceAll("\n", " ")}`;
    if (text.length + line.length > room) break;
    text += line;
  }
  return text === head ? "" : text;
}
