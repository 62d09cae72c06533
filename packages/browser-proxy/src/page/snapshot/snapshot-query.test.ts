import { describe, expect, it } from "vitest";

import { queryFields } from "../fields.ts";
import { readSnapshotQuery } from "./snapshot-query.ts";

const read = (query: Readonly<Record<string, string>>): object =>
  readSnapshotQuery(queryFields(new Map(Object.entries(query))));

describe("readSnapshotQuery", () => {
  it("asks for Playwright's snapshot unless a shape is asked for", () => {
    expect(read({})).toMatchObject({ format: "ai", way: "plain", maxChars: 80_000 });
    expect(read({ refs: "aria", format: "ai" })).toMatchObject({ way: "plain" });
    for (const shape of ["interactive", "compact", "labels"])
      expect(read({ [shape]: "1" })).toMatchObject({ way: "role" });
    expect(read({ depth: "2", interactive: "no" })).toMatchObject({
      way: "role",
      depth: 2,
      interactive: false,
    });
    expect(read({ interactive: "true", refs: "aria" })).toMatchObject({ way: "aria-refs" });
    expect(read({ frame: "#f", selector: "p" })).toMatchObject({ way: "role", frame: "#f", selector: "p" });
  });

  it("knows what efficient means, and what is said besides", () => {
    const efficient = { way: "role", interactive: true, compact: true, depth: 6, maxChars: 10_000 };
    expect(read({ mode: "efficient" })).toMatchObject(efficient);
    expect(read({ mode: "efficient", depth: "1", compact: "false", maxChars: "5" })).toMatchObject({
      ...efficient,
      compact: false,
      depth: 1,
      maxChars: 5,
    });
  });

  it("bounds what is unbounded", () => {
    for (const maxChars of ["0", "x", "-1", "1e99"])
      expect(read({ maxChars })).toMatchObject({ maxChars: 4_000_000 });
    expect(
      [undefined, "0", "x", "7.9", "1e9"].map((limit) =>
        read({ format: "aria", ...(limit === undefined ? {} : { limit }) }),
      ),
    ).toEqual([500, 1, 500, 7, 2_000].map((limit) => ({ format: "aria", limit })));
    expect(read({ depth: "-3", compact: "1" })).toMatchObject({ depth: undefined });
  });

  it("refuses what does not go together", () => {
    for (const query of [{ labels: "true" }, { mode: "efficient" }])
      expect(() => read({ format: "aria", ...query })).toThrow("labels/mode=efficient require format=ai");
    expect(() => read({ refs: "aria", frame: "#f" })).toThrow(/refs=aria/);
  });
});
