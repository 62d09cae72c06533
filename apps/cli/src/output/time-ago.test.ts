import * as fc from "fast-check";
import { expect, test } from "vitest";
import { duration, timeAgo } from "./time-ago.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [0, "just now"],
  [4 * SECOND, "just now"],
  [-4 * SECOND, "just now"],
  [45 * SECOND, "45 s ago"],
  [3 * MINUTE, "3 min ago"],
  [89 * MINUTE, "89 min ago"],
  [2 * HOUR, "2 h ago"],
  [9 * DAY, "9 d ago"],
  [800 * DAY, "2 years ago"],
  [-9 * MINUTE, "in 9 min"],
])("%i ms before now is %s", (before, text) => {
  expect(timeAgo(NOW - before, NOW)).toBe(text);
});

test("a missing or absurd moment is no news", () => {
  expect(timeAgo(undefined, NOW)).toBe("");
  expect(timeAgo(Number.NaN, NOW)).toBe("");
  expect(timeAgo(-1e300, NOW)).toBe("ages ago");
});

test("always short, and longer spans never read as shorter units", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (ms) => duration(ms).length <= 12));
});
