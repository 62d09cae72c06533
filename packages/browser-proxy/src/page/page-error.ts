import type { RouteFailure, RouteOutcome } from "../answer/route-outcome.ts";
import { thrownOutcome } from "../driver/thrown-outcome.ts";
import { browserProxyLimits } from "../limits.ts";
import type { PageContext, PageRequest, PageRoute } from "./page-route.ts";
import { operationFailed, RouteRefusal } from "./route-refusal.ts";

/** A route whose own refusals and Playwright's errors are outcomes. What ends with the call itself is passed on. */
export function asPageRoute(route: PageRoute): PageRoute {
  return async (context: PageContext, request: PageRequest): Promise<RouteOutcome> => {
    try {
      // What is over must not begin.
      context.signal.throwIfAborted();
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
  const { message } = error;
  const many = message.includes("strict mode violation")
    ? /resolved to (\d+) elements/.exec(message)?.[1]
    : undefined;
  if (many !== undefined)
    return operationFailed(
      `Selector ${name} matched ${many} elements. Run a new snapshot to get updated refs, or use a different ref.`,
    );
  if (error.name !== "TimeoutError") return error;
  // What stands behind it is of the newest attempt.
  const begun = message.lastIndexOf(" performing ");
  if (begun >= 0 && !message.includes("intercepts pointer events", begun))
    return operationFailed(
      `The action on ${name} has begun, but the page did not answer in time: it may have had its effect. Take a new snapshot before doing it again.`,
    );
  if (
    /intercepts pointer events|not receive pointer events|is not stable|not enabled|outside of the viewport/.test(
      message,
    )
  )
    return operationFailed(
      `Element ${name} is not interactable (hidden, disabled or covered). Try scrolling it into view, closing what covers it, or a new snapshot.`,
    );
  if (
    /not visible|resolved to hidden/.test(message) ||
    (message.includes("waiting for") && !message.includes("resolved to"))
  )
    return operationFailed(
      `Element ${name} not found or not visible. Run a new snapshot to see what is on the page now.`,
    );
  if (message.includes("to be visible"))
    return operationFailed(`Element ${name} is there, but the page is busy. Try again in a moment.`);
  return error;
}

/** Without the stack that some messages hold. A page says what it likes, at any length. */
function errorText(error: unknown): string {
  return String(error)
    .slice(0, browserProxyLimits.errorChars * 2)
    .replaceAll(/\n[ \t]+at [^\n]*/g, "")
    .trimEnd();
}
