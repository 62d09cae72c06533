import { browserProxyLimits } from "../limits.ts";
import { RouteRefusal } from "./route-refusal.ts";

/** The fields of a body or of a query, read one by one and never as a whole. */
export type Fields = (key: string) => unknown;

/** A body that is no object counts as an empty one (browser proxy section 8). */
export function bodyFields(body: unknown): Fields {
  return (key) =>
    typeof body === "object" && body !== null && !Array.isArray(body) && Object.hasOwn(body, key)
      ? Reflect.get(body, key)
      : undefined;
}

export function queryFields(query: ReadonlyMap<string, string>): Fields {
  return (key) => query.get(key);
}

/** Trimmed; numbers and booleans as text. Undefined for blank and for anything else. */
export function textField(
  fields: Fields,
  key: string,
  limit: number = browserProxyLimits.fieldChars,
): string | undefined {
  const value = fields(key);
  const text = ["string", "number", "boolean"].includes(typeof value) ? String(value) : "";
  if (text.length > limit) throw overLimit(key, limit);
  return text.trim() === "" ? undefined : text.trim();
}

/** Text as it is, blank included. Undefined for what is no text. */
export function rawTextField(fields: Fields, key: string, limit: number): string | undefined {
  const value = fields(key);
  if (typeof value !== "string") return undefined;
  if (value.length > limit) throw overLimit(key, limit);
  return value;
}

/** A finite number, or text that is one. */
export function numberField(fields: Fields, key: string): number | undefined {
  const value = fields(key);
  if (typeof value !== "number" && (typeof value !== "string" || value.length > 64)) return undefined;
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** true, false, 1, 0, yes and no, whatever the letters' case. */
export function booleanField(fields: Fields, key: string): boolean | undefined {
  const value = fields(key);
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value === 1 ? true : value === 0 ? false : undefined;
  if (typeof value !== "string" || value.length > 8) return undefined;
  const word = value.trim().toLowerCase();
  if (["true", "1", "yes"].includes(word)) return true;
  return ["false", "0", "no"].includes(word) ? false : undefined;
}

/** Texts of a list, blanks dropped. Undefined for what is no list. */
export function listField(fields: Fields, key: string): readonly string[] | undefined {
  const value = fields(key);
  if (!Array.isArray(value)) return undefined;
  const entries: readonly unknown[] = value;
  if (entries.length > browserProxyLimits.listEntries) throw overLimit(key, browserProxyLimits.listEntries);
  const item = (index: number): string | undefined => textField(() => entries[index], key);
  return entries.map((_, index) => item(index)).filter((text) => text !== undefined);
}

/** A time in milliseconds between two bounds, or the default where none is asked for. */
export function timeField(
  fields: Fields,
  key: string,
  bounds: { readonly usual: number; readonly least: number; readonly most: number },
): number {
  const asked = numberField(fields, key) ?? bounds.usual;
  return Math.min(Math.max(Math.floor(asked), bounds.least), bounds.most);
}

function overLimit(key: string, limit: number): RouteRefusal {
  return new RouteRefusal(400, `${key} is over its limit of ${String(limit)}; shorten it`);
}
