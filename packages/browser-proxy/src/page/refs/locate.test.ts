import { expect, it } from "vitest";

import type { PageContext } from "../page-route.ts";
import { seekRef } from "./locate.ts";
import { keepRefs } from "./tab-refs.ts";

/** A page that says so many elements of a reference. */
function pageThatCounts(count: () => Promise<number>): PageContext {
  const tab = {};
  const context: unknown = { tab, page: { locator: () => ({ count }) } };
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else of it is asked for
  const given = context as PageContext;
  keepRefs(given.tab, new Map([["e1", { aria: "e1" }]]));
  return given;
}

it("a reference is unknown when the page has no such element, not when it cannot tell", async () => {
  const none = seekRef(
    pageThatCounts(() => Promise.resolve(0)),
    "e1",
  );
  await expect(none.isThere?.()).rejects.toThrow('Unknown ref "e1"');
  const gone = new Error("Execution context was destroyed, most likely because of a navigation");
  const unsaid = seekRef(
    pageThatCounts(() => Promise.reject(gone)),
    "e1",
  );
  await expect(unsaid.isThere?.()).resolves.toBeUndefined();
});
