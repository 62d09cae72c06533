import { readFile, rm, stat } from "node:fs/promises";

import type { BrowserContext } from "playwright-core";

import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { browserProxyLimits } from "../../limits.ts";
import { bodyFields, booleanField, textField } from "../fields.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { done, operationFailed, orRefuse } from "../route-refusal.ts";
import { unlessAborted } from "../within.ts";

/** Browsers of which a trace is being recorded, and what ends one that nobody asks for: a trace grows without end. */
const recording = new WeakMap<BrowserContext, NodeJS.Timeout>();

/** `POST /trace/start` */
export async function traceStartRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const body = bodyFields(call.body);
  const { browserContext } = context;
  if (recording.has(browserContext))
    throw operationFailed("Trace already running. Stop the current trace before starting a new one.");
  recording.set(browserContext, endLater(browserContext));
  try {
    await unlessAborted(
      context,
      browserContext.tracing.start({
        screenshots: booleanField(body, "screenshots") ?? true,
        snapshots: booleanField(body, "snapshots") ?? true,
        sources: booleanField(body, "sources") ?? false,
      }),
    );
  } catch (error) {
    forget(browserContext);
    throw error;
  }
  return done(head(context));
}

/** `POST /trace/stop`; `path` counts from the downloads directory. */
export async function traceStopRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const { browserContext, artifacts } = context;
  const path = textField(bodyFields(call.body), "path");
  if (!recording.has(browserContext))
    throw operationFailed("No active trace. Start a trace before stopping it.");
  const wrong = path === undefined ? undefined : await artifacts.judgeDownloadPath(path);
  if (wrong !== undefined) orRefuse(wrong);
  const scratch = await artifacts.scratchPath("zip");
  forget(browserContext);
  try {
    await unlessAborted(context, browserContext.tracing.stop({ path: scratch }));
    if ((await stat(scratch)).size > browserProxyLimits.answerFileBytes)
      throw operationFailed("the trace is over its limit; record for a shorter time, or without screenshots");
    const bytes = await readFile(scratch);
    const saved = orRefuse(await artifacts.saveBytes(bytes, path, "browser-trace.zip"));
    return done({ ...head(context), path: saved.path });
  } finally {
    await rm(scratch, { force: true });
  }
}

function endLater(browserContext: BrowserContext): NodeJS.Timeout {
  return setTimeout(() => {
    recording.delete(browserContext);
    browserContext.tracing.stop().catch(() => undefined);
  }, browserProxyLimits.traceMs).unref();
}

function forget(browserContext: BrowserContext): void {
  clearTimeout(recording.get(browserContext));
  recording.delete(browserContext);
}

function head({ tab, page, era }: PageContext): Readonly<Record<string, unknown>> {
  return { ok: true, targetId: tab.targetId, ...(era === "2026.9" ? { url: page.url() } : {}) };
}
