import type { RouteFailure, RouteOutcome } from "../answer/route-outcome.ts";
import type { PageRequest } from "../page/page-route.ts";

/** A field of the body as routes read it: trimmed, numbers and booleans as text, undefined for anything else and for blanks. */
export function bodyText({ call }: PageRequest, key: string): string | undefined {
  const { body } = call;
  const value: unknown =
    typeof body === "object" && body !== null && Object.hasOwn(body, key)
      ? Reflect.get(body, key)
      : undefined;
  const text = ["string", "number", "boolean"].includes(typeof value) ? String(value).trim() : "";
  return text === "" ? undefined : text;
}

/** The tab that a call is for: of the body, else of the query. */
export function wantedTab(request: PageRequest): string | undefined {
  const inQuery = request.call.query.get("targetId")?.trim();
  return bodyText(request, "targetId") ?? (inQuery === "" ? undefined : inQuery);
}

/** Whether a call names its tab by the browser's own id, which no other browser gives to a tab. */
export function namesTarget(request: PageRequest): boolean {
  return /^[0-9a-f]{32}$/i.test(wantedTab(request) ?? "");
}

/** A field of the body that must be a whole number from zero on. */
export function bodyIndex(request: PageRequest, key: string): number | undefined {
  const text = bodyText(request, key);
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

export function succeeded(result: Readonly<Record<string, unknown>>): RouteOutcome {
  return { ok: true, result };
}

export function failed(status: number, error: string, more: Partial<RouteFailure> = {}): RouteFailure {
  return { ok: false, status, error, ...more };
}
