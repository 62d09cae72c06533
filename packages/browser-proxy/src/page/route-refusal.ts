import type { RouteFailure, RouteOutcome } from "../answer/route-outcome.ts";

/** A failure of a route that is known where it happens, deep inside: `asPageRoute` makes the outcome of it. */
export class RouteRefusal extends Error {
  override readonly name: string = "RouteRefusal";
  readonly failure: RouteFailure;

  constructor(status: number, error: string, more: Partial<RouteFailure> = {}) {
    super(error);
    this.failure = { ok: false, status, error, ...more };
  }
}

/** 500 with the stringified error, as the recorded answers have it. */
export function operationFailed(sentence: string): RouteRefusal {
  return new RouteRefusal(500, `Error: ${sentence}`);
}

/** The value of a step that says itself what the route answers when it fails. */
export function orRefuse<Value extends { readonly ok: true }>(step: Value | RouteFailure): Value {
  if (step.ok) return step;
  const { status, error, ...more } = step;
  throw new RouteRefusal(status, error, more);
}

export function done(result: Readonly<Record<string, unknown>>): RouteOutcome {
  return { ok: true, result };
}
