import { SPAN_UNITS } from "../span.ts";

/**
 * A moment as a person says it: `90m`, `2h`, `3d`, `today`, `yesterday`, `2026-11-23`, `2026-11-23 14:30`, with seconds
 * and with a zone. Without a zone the clock on the wall is meant. Milliseconds since the epoch; undefined for anything else.
 */
export function parseSince(text: string, now: number): number | undefined {
  const span = /^(\d{1,6})\s?(s|m|min|h|d|w)$/u.exec(text);
  if (span !== null) return now - Number(span[1]) * (SPAN_UNITS[span[2] ?? ""] ?? 0);
  if (text === "today" || text === "yesterday") {
    const day = new Date(now);
    day.setHours(0, 0, 0, 0);
    if (text === "yesterday") day.setDate(day.getDate() - 1);
    return day.getTime();
  }
  const date = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?$/u.exec(text);
  if (date === null) return undefined;
  // A date without a time would be read as one in Greenwich.
  const time = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"));
  return Number.isFinite(time) ? time : undefined;
}
