import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { METRICS } from "./metrics-text.ts";

const PAGE = readFileSync(new URL("../../../../docs/operating.md", import.meta.url), "utf8");

describe("METRICS", () => {
  it("stand in docs/operating.md, each with the same words", () => {
    const rows = PAGE.split("\n")
      .map((line) => /^\| `([a-z_]+)` +\| ([a-z]+) +\| (.*?) +\|$/u.exec(line)?.slice(1))
      .filter((row) => row !== undefined && /^(?:openclaw_node|process)_/u.test(row[0] ?? ""));
    expect(rows).toEqual(METRICS.map(({ name, type, help }) => [name, type, help]));
  });

  it("are named as the field does it", () => {
    for (const { name, type } of METRICS) {
      expect(name).toMatch(/^(?:openclaw_node|process)_[a-z_]+$/u);
      expect(name.endsWith("_total")).toBe(type === "counter");
      if (type === "histogram") expect(name).toMatch(/_(?:seconds|bytes)$/u);
    }
  });
});
