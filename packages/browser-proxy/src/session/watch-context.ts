import type { BrowserContext, ConsoleMessage, Page, Request } from "playwright-core";

import { browserProxyLimits } from "../limits.ts";
import type { ConsoleLine, PageErrorLine, RequestLine, TabMemory } from "./tab.ts";

type Writable<Line> = { -readonly [Key in keyof Line]: Line[Key] };

export interface ContextWatch {
  readonly memoryOf: (page: Page) => TabMemory;
  readonly now: () => number;
}

/**
 * Collects what the pages of a browser do. Whoever listens to a popup itself misses its first lines, so the browser is
 * listened to as a whole. Text of pages is cut: they may send as much as they like.
 */
export function watchContext(context: BrowserContext, { memoryOf, now }: ContextWatch): void {
  context.on("console", (message) => {
    const page = message.page();
    if (page !== null) memoryOf(page).console.add(consoleLine(message, now));
  });
  context.on("weberror", (error) => {
    const page = error.page();
    if (page !== null) memoryOf(page).errors.add(errorLine(error.error(), now));
  });
  context.on("dialog", (dialog) => {
    const page = dialog.page();
    void (page === null ? dialog.dismiss().catch(() => undefined) : memoryOf(page).dialogs.answer(dialog));
  });
  watchRequests(context, { memoryOf, now });
}

function watchRequests(context: BrowserContext, { memoryOf, now }: ContextWatch): void {
  const lines = new WeakMap<Request, Writable<RequestLine>>();
  const serials = new WeakMap<Page, number>();
  context.on("request", (request) => {
    const page = pageOf(request);
    if (page === undefined) return;
    const serial = (serials.get(page) ?? 0) + 1;
    serials.set(page, serial);
    const line: Writable<RequestLine> = {
      id: `r${String(serial)}`,
      timestamp: timestamp(now),
      method: request.method(),
      url: cut(request.url()),
      resourceType: request.resourceType(),
    };
    lines.set(request, line);
    memoryOf(page).requests.add(line);
  });
  context.on("response", (response) => {
    const line = lines.get(response.request());
    if (line === undefined) return;
    line.status = response.status();
    line.ok = response.ok();
  });
  context.on("requestfailed", (request) => {
    const line = lines.get(request);
    if (line === undefined) return;
    line.ok = false;
    line.failureText = cut(request.failure()?.errorText ?? "failed");
  });
}

/** Undefined for a service worker, which belongs to no page, and for a page that is not there yet. */
function pageOf(request: Request): Page | undefined {
  try {
    return request.serviceWorker() === null ? request.frame().page() : undefined;
  } catch {
    return undefined;
  }
}

function consoleLine(message: ConsoleMessage, now: () => number): ConsoleLine {
  const { url, lineNumber, columnNumber } = message.location();
  return {
    type: message.type(),
    text: cut(message.text()),
    timestamp: timestamp(now),
    location: { url: cut(url), lineNumber, columnNumber },
  };
}

function errorLine(error: Error, now: () => number): PageErrorLine {
  const { message, name, stack } = error;
  return {
    message: cut(message),
    name: cut(name),
    stack: cut(stack ?? ""),
    timestamp: timestamp(now),
  };
}

function cut(text: string): string {
  const { lineChars } = browserProxyLimits;
  return text.length > lineChars ? `${text.slice(0, lineChars)}…` : text;
}

function timestamp(now: () => number): string {
  return new Date(now()).toISOString();
}
