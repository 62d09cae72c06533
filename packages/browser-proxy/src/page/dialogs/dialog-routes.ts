import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { dialogOpened } from "../../session/dialog-hook.ts";
import { actRoute } from "../act/act-route.ts";
import { bodyFields, queryFields, textField } from "../fields.ts";
import type { PageContext, PageRequest, PageRoute } from "../page-route.ts";
import { done, RouteRefusal } from "../route-refusal.ts";
import { snapshotRoute } from "../snapshot/snapshot-route.ts";

type Shape = Readonly<Record<string, unknown>>;

/** `GET /dialogs`: those that wait for an answer, and the newest that had one. */
export function dialogsRoute(context: PageContext): Promise<RouteOutcome> {
  return Promise.resolve(done({ ...head(context), ...browserState(context) }));
}

/** `POST /act`. Newer Gateways are told of a dialog that it opens, and may answer it; for older ones it is dismissed. */
export async function actUntilDialog(context: PageContext, request: PageRequest): Promise<RouteOutcome> {
  const { tab, era, signal } = context;
  const closes = textField(bodyFields(request.call.body), "kind") === "close";
  if (era === "2026.2" || closes) return actRoute(context, request);
  if (tab.dialogs.isOpen) return blocked(context);
  const stop = new AbortController();
  let letGo: (() => void) | undefined;
  const opened = new Promise<"opened">((resolve) => {
    letGo = tab.dialogs.hold(() => {
      resolve("opened");
    });
  });
  try {
    const acting = actRoute({ ...context, signal: AbortSignal.any([signal, stop.signal]) }, request);
    const outcome = await Promise.race([acting, opened]);
    if (outcome !== "opened") return outcome;
    // Nothing more is done behind the dialog, and nobody hears how that ends.
    acting.catch(() => undefined);
    stop.abort(dialogOpened);
    return blocked(context);
  } finally {
    letGo?.();
  }
}

/** `GET /snapshot`. A page with an open dialog has nothing to show but the dialog. */
export async function snapshotUnlessDialog(
  context: PageContext,
  request: PageRequest,
): Promise<RouteOutcome> {
  if (context.era === "2026.2") return snapshotRoute(context, request);
  if (context.tab.dialogs.isOpen) {
    const isAria = textField(queryFields(request.call.query), "format") === "aria";
    return blocked(
      context,
      isAria ? { format: "aria", nodes: [] } : { format: "ai", snapshot: "", refs: {} },
    );
  }
  const outcome = await snapshotRoute(context, request);
  const { recent } = context.tab.dialogs.seen;
  if (!outcome.ok || recent.length === 0) return outcome;
  return done({ ...outcome.result, ...browserState(context) });
}

/** What would wait for the page until the call is over is refused at once, with what to do. */
export function unlessDialog(route: PageRoute): PageRoute {
  return (context, request) => {
    const [open] = context.tab.dialogs.seen.pending;
    if (open === undefined) return route(context, request);
    throw new RouteRefusal(
      409,
      `the page waits for an answer to its dialog ${open.id} (${open.type}); answer it with POST /hooks/dialog`,
    );
  };
}

function blocked(context: PageContext, more: Shape = {}): RouteOutcome {
  return done({ ...head(context), blockedByDialog: true, ...browserState(context), ...more });
}

function browserState({ tab }: PageContext): Shape {
  return { browserState: { dialogs: tab.dialogs.seen } };
}

function head({ tab, page }: PageContext): Shape {
  return { ok: true, targetId: tab.targetId, url: page.url() };
}
