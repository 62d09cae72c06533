import { expect, it } from "vitest";

import { elementError, failureOf } from "./page-error.ts";

const { signal } = new AbortController();
const long = 150_000;

it("a page's own words, however long, cost no more than they are cut to", () => {
  for (const text of [
    "\n".repeat(long),
    "\n ".repeat(long),
    "\n\t at".repeat(long),
    "\u001B[;#;".repeat(long),
  ]) {
    const outcome = failureOf({ signal }, new Error(`${text}x`));
    expect(outcome.error.length).toBeLessThanOrEqual(2_001);
  }
  const many = new Error("strict mode violation ".repeat(long));
  expect(elementError(many, "p")).toBe(many);
  expect(elementError(new Error("strict mode violation: `p` resolved to 12 elements:"), "p")).toMatchObject({
    message: expect.stringContaining('Selector "p" matched 12 elements'),
  });
});

it("is told without the stack that comes with it", () => {
  const error = new Error("page.evaluate: TypeError: no\n    at f (a.js:1:1)\n\tat b.js:2:2\nmore");
  expect(failureOf({ signal }, error).error).toBe("Error: page.evaluate: TypeError: no\nmore");
});

const timeout = (log: string): Error =>
  Object.assign(new Error(`locator.click: Timeout 500ms exceeded.\nCall log:\n${log}`), {
    name: "TimeoutError",
  });
const found =
  "  - waiting for locator('p')\n    - locator resolved to <p>…</p>\n  - attempting click action\n";
const states = "    - waiting for element to be visible, enabled and stable\n";

it.each([
  ["was not there", "  - waiting for locator('p')\n", /not found or not visible/],
  ["was hidden", `${found}${states}    - element is not visible\n  - retrying`, /not found or not visible/],
  [
    "did not show",
    "  - waiting for locator('p') to be visible\n    12 × locator resolved to hidden <p>",
    /not found/,
  ],
  [
    "was covered",
    `${found}    - performing click action\n    - <i> intercepts pointer events`,
    /not interactable/,
  ],
  ["belongs to a busy page", `${found}${states}`, /page is busy/],
  ["was pressed", `${found}    - performing click action\n`, /has begun.*may have had its effect/],
  [
    "was pressed, before a page that loads",
    `${found}  - performing click action\n  - waiting for scheduled`,
    /begun/,
  ],
])("an element that %s is told as that", (_, log, expected) => {
  expect(elementError(timeout(log), "p")).toMatchObject({ message: expect.stringMatching(expected) });
});
