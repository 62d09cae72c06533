import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { bodyFields, textField, timeField } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { elementError } from "../page-error.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { locateRef } from "../refs/locate.ts";
import { done, operationFailed, orRefuse, RouteRefusal } from "../route-refusal.ts";
import { actionBounds, unlessAborted } from "../within.ts";

/** For the element that starts the download, in milliseconds. */
const elementMs = 8_000;

/** `POST /download`: clicks, and keeps what comes. */
export async function downloadRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const body = bodyFields(call.body);
  const ref = textField(body, "ref");
  const path = textField(body, "path");
  if (ref === undefined) throw new RouteRefusal(400, "ref is required");
  if (path === undefined) throw new RouteRefusal(400, "path is required");
  await judgePath(context, path);
  const { locator, shown } = await locateRef(context, ref);
  return nextDownload(context, { body, path, fresh: true }, async () => {
    try {
      await unlessAborted(context, locator.click(actionBounds(context, elementMs)));
    } catch (error) {
      throw elementError(error, shown);
    }
  });
}

/** `POST /wait/download`: the next download of the page, or one that nobody took yet. */
export async function waitDownloadRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const body = bodyFields(call.body);
  const path = textField(body, "path");
  if (path !== undefined) await judgePath(context, path);
  return nextDownload(context, { body, path, fresh: false }, () => Promise.resolve());
}

async function judgePath(context: PageContext, path: string): Promise<void> {
  const wrong = await context.artifacts.judgeDownloadPath(path);
  if (wrong !== undefined) orRefuse(wrong);
}

async function nextDownload(
  context: PageContext,
  asked: { readonly body: Fields; readonly path: string | undefined; readonly fresh: boolean },
  start: () => Promise<void>,
): Promise<RouteOutcome> {
  const limitMs = timeField(asked.body, "timeoutMs", { usual: 120_000, least: 500, most: 600_000 });
  const own = new AbortController();
  const timer = setTimeout(() => {
    own.abort();
  }, limitMs);
  const signal = AbortSignal.any([context.signal, own.signal]);
  try {
    const coming = context.tab.downloads.next({ signal, fresh: asked.fresh });
    await start();
    const download = await coming;
    context.signal.throwIfAborted();
    if (download === "superseded") throw operationFailed("Download was superseded by another waiter");
    if (download === "aborted") throw operationFailed(`no download came within ${String(limitMs)} ms`);
    const { path } = orRefuse(await context.artifacts.saveDownload(download, asked.path, signal));
    return done({
      ok: true,
      targetId: context.tab.targetId,
      download: { url: download.url(), suggestedFilename: download.suggestedFilename(), path },
    });
  } finally {
    clearTimeout(timer);
    // Ends the question when the click failed.
    own.abort();
  }
}
