// Replaces what differs from run to run in recorded answers: ids, times, versions, hosts.
import { hostname } from "node:os";
import type { Json } from "./raw-socket.ts";

const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b0{8}-0000-4000-8000-0{12}\b/g, "<unknown-id>"],
  [/\bf{64}\b/g, "<unknown-node>"],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "<uuid>"],
  [/\b[0-9a-f]{64}\b/g, "<device>"],
  [/\b202\d\.\d{1,2}\.\d{1,2}(-[\w.]+)?\b/g, "<version>"],
  [/\b1\d{12}\b/g, "<ms>"],
  [/(127\.0\.0\.1|localhost):\d+/g, "<host>"],
];
/** Numbers from here on are times in milliseconds. */
const FIRST_TIME = 1_600_000_000_000;

/** The same value with `<placeholders>`; keys stay as they are. */
export function normalize<T>(value: T, host: string = hostname()): T {
  return replace(value, host);
}

function replace(value: Json, host: string): Json {
  if (typeof value === "string") {
    const text = RULES.reduce((t, [pattern, name]) => t.replaceAll(pattern, name), value);
    return text === host ? "<hostname>" : text;
  }
  if (typeof value === "number") return value >= FIRST_TIME ? "<ms>" : value;
  if (Array.isArray(value)) return value.map((item) => replace(item, host));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item, host)]));
}
