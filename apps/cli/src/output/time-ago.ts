const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Clocks of two machines may differ by this much without being worth a word, in milliseconds. */
const SKEW_MS = 5 * SECOND;

/** A moment as a person says it: `3 min ago`, `in 9 min`; empty when there is none. Both in milliseconds since the epoch. */
export function timeAgo(moment: number | undefined, now: number): string {
  if (moment === undefined || !Number.isFinite(moment)) return "";
  const distance = now - moment;
  if (Math.abs(distance) < SKEW_MS) return "just now";
  const span = duration(Math.abs(distance));
  return distance > 0 ? `${span} ago` : `in ${span}`;
}

/** A span in its largest unit: `45 s`, `3 min`, `2 h`, `9 d`, `2 years`. */
export function duration(ms: number): string {
  if (ms < 90 * SECOND) return `${Math.max(1, Math.round(ms / SECOND))} s`;
  if (ms < 90 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 36 * HOUR) return `${Math.round(ms / HOUR)} h`;
  if (ms < 2 * YEAR) return `${Math.round(ms / DAY)} d`;
  return ms > 1000 * YEAR ? "ages" : `${Math.round(ms / YEAR)} years`;
}
