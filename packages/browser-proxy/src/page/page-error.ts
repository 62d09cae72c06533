import type { RouteFailure, RouteOutcome } from "../answer/route-outcome.ts";
import { thrownOutcome } from "../driver/thrown-outcome.ts";
import type { PageContext, PageRequest, PageRoute } from "./page-route.ts";
import { operationFailed, RouteRefusal } from "./route-refusal.ts";

/** A route whose own refusals and Playwright's errors are outcomes. What ends with the call itself is passed on. */
export function asPageRoute(route: PageRoute): PageRoute {
  return async (context: PageContext, request: PageRequest): Promise<RouteOutcome> => {
    try {
      return await route(context, request);
    } catch (error) {
      return failureOf(context, error);
    }
  };
}

/** Rethrows when the call is over: then nobody reads the answer. */
export function failureOf(context: Pick<PageContext, "signal">, error: unknown): RouteFailure {
  if (error instanceof RouteRefusal) return error.failure;
  if (context.signal.aborted) throw error;
  return thrownOutcome(errorText(error));
}

/** The error of an action on an element that the caller named, in words that help to go on. */
export function elementError(error: unknown, shown: string): unknown {
  if (!(error instanceof Error)) return error;
  const name = JSON.stringify(shown.slice(0, 200));
  const many = /strict mode violation.*resolved to (\d+) elements/s.exec(error.message)?.[1];
  if (many !== undefined)
    return operationFailed(
      `Selector ${name} matched ${many} elements. Run a new snapshot to get updated refs, or use a different ref.`,
    );
  if (error.name !== "TimeoutError") return error;
  if (
    /intercepts pointer events|not receive pointer events|is not stable|not enabled|outside of the viewport/.test(
      error.message,
    )
  )
    return operationFailed(
      `Element ${name} is not interactable (hidden, disabled or covered). Try scrolling it into view, closing what covers it, or a new snapshot.`,
    );
  if (/waiting for|to be visible|not visible|resolved to hidden/.test(error.message))
    return operationFailed(
      `Element ${name} not found or not visible. Run a new snapshot to see what is on the page now.`,
    );
  return error;
}

/** Without the stack that some messages hold. */
function errorText(error: unknown): string {
  return String(error)
    .replaceAll(/\n\s+at [^\n]*/g, "")
    .trimEnd();
}
