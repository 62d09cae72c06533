import type { Fields } from "../fields.ts";
import type { PageContext } from "../page-route.ts";
import { RouteRefusal } from "../route-refusal.ts";
import { timeField } from "../fields.ts";

/** One action, its fields still unread. */
export interface ActRequest {
  readonly context: PageContext;
  readonly fields: Fields;
  readonly isInBatch?: boolean;
}

/** What an action adds to the answer; undefined for nothing. */
export type ActResult = Promise<{ readonly result: unknown } | undefined>;

/** Time for an action on one element, in milliseconds (browser proxy section 8.4). */
export function actionMs({ fields }: ActRequest): number {
  return timeField(fields, "timeoutMs", { usual: 8_000, least: 500, most: 60_000 });
}

/** Time for something that a page has to get to, in milliseconds. */
export function waitMs({ fields }: ActRequest): number {
  return timeField(fields, "timeoutMs", { usual: 20_000, least: 500, most: 120_000 });
}

/** 400, with the code that newer Gateways know. */
export function badAction(
  { context }: ActRequest,
  error: string,
  code = "ACT_INVALID_REQUEST",
): RouteRefusal {
  return new RouteRefusal(400, error, context.era === "2026.9" ? { code } : {});
}
