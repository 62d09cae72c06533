import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Histogram } from "./histogram.ts";
import { HostCounters } from "./host-counters.ts";

describe("Histogram", () => {
  it("counts up to and with each bound", () => {
    const histogram = new Histogram([1, 5]);
    for (const value of [0.5, 1, 2, 9]) histogram.add(value);
    expect(histogram.lines("x")).toEqual([
      'x_bucket{le="1"} 2',
      'x_bucket{le="5"} 3',
      'x_bucket{le="+Inf"} 4',
      "x_sum 12.5",
      "x_count 4",
    ]);
  });

  it("never falls from bucket to bucket", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true })), (values) => {
        const histogram = new Histogram([1, 5, 50]);
        for (const value of values) histogram.add(value);
        const counts = histogram
          .lines("x")
          .slice(0, 4)
          .map((line) => Number(line.split(" ")[1]));
        expect(counts).toEqual(counts.toSorted((a, b) => a - b));
        expect(counts.at(-1)).toBe(values.length);
      }),
    );
  });
});

describe("HostCounters", () => {
  it("has a bounded number of labels, whatever strangers send", () => {
    const counters = new HostCounters();
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (command, code) => {
        counters.invoke(command, code);
      }),
    );
    counters.invoke("system.run", "SYSTEM_RUN_DENIED");
    expect([...counters.invokes.keys()].toSorted()).toEqual(["other", "system.run"]);
    expect([...(counters.invokes.get("other")?.keys() ?? [])].toSorted()).toEqual(["ok", "other"]);
    expect(counters.invokes.get("system.run")).toEqual(new Map([["SYSTEM_RUN_DENIED", 1]]));
  });
});
