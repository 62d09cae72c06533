import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { booleanField, queryFields, textField } from "../fields.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { done } from "../route-refusal.ts";

const importance: Readonly<Record<string, number>> = {
  error: 3,
  warning: 2,
  warn: 2,
  info: 1,
  log: 1,
  debug: 0,
};

/** `GET /console`; `level` is the least that is shown. */
export function consoleRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const level = textField(queryFields(call.query), "level");
  const least = level === undefined ? 0 : (importance[level.toLowerCase()] ?? 0);
  const lines = context.tab.console.entries.filter(({ type }) => (importance[type] ?? 1) >= least);
  if (context.era === "2026.2")
    return Promise.resolve(done({ ok: true, messages: lines, targetId: context.tab.targetId }));
  const messages = lines.map(({ location, ...line }) => ({
    ...line,
    location: {
      url: location.url,
      line: location.lineNumber,
      column: location.columnNumber,
      lineNumber: location.lineNumber,
      columnNumber: location.columnNumber,
    },
  }));
  return Promise.resolve(done({ ...head(context), messages }));
}

/** `GET /errors`: what the page's own code did not catch. */
export function errorsRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const errors = [...context.tab.errors.entries];
  if (booleanField(queryFields(call.query), "clear") === true) context.tab.errors.clear();
  return Promise.resolve(done({ ...head(context), errors }));
}

/** `GET /requests`; `filter` is a part of the address. */
export function requestsRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const query = queryFields(call.query);
  const filter = textField(query, "filter");
  const requests = context.tab.requests.entries.filter(
    ({ url }) => filter === undefined || url.includes(filter),
  );
  if (booleanField(query, "clear") === true) context.tab.requests.clear();
  return Promise.resolve(done({ ...head(context), requests }));
}

function head({ tab, page, era }: PageContext): Readonly<Record<string, unknown>> {
  return { ok: true, targetId: tab.targetId, ...(era === "2026.9" ? { url: page.url() } : {}) };
}
