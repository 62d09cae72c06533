import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvokeLedger, LEDGER_LIMITS } from "./invoke-ledger.ts";

describe("InvokeLedger", () => {
  it("knows an id and a key again, and keeps the two apart", () => {
    const ledger = new InvokeLedger();
    expect(ledger.id("a")).toBe("new");
    expect(ledger.key("a")).toBe("new");
    expect(ledger.id("key:a")).toBe("new");
    expect(ledger.id("a")).toBe("again");
    expect(ledger.key("a")).toBe("again");
  });

  it("forgets after ten minutes, not before", () => {
    let now = 0;
    const ledger = new InvokeLedger(() => now);
    ledger.id("a");
    now = LEDGER_LIMITS.rememberMs;
    expect(ledger.id("a")).toBe("again");
    now += 1;
    expect(ledger.id("a")).toBe("new");
    expect(ledger.id("a")).toBe("again");
  });

  it("does not live on the clock of the wall", () => {
    const ledger = new InvokeLedger();
    ledger.id("a");
    const wall = Date.now;
    try {
      Date.now = () => wall() + 2 * LEDGER_LIMITS.rememberMs;
      expect(ledger.id("a")).toBe("again");
    } finally {
      Date.now = wall;
    }
  });

  it("full, it forgets nothing and takes nothing more, until something is old enough", () => {
    let now = 0;
    const ledger = new InvokeLedger(() => now, 1000);
    for (let index = 0; index < 1000; index += 1) {
      now = index;
      expect(ledger.id(String(index))).toBe("new");
    }
    expect(ledger.id("one more")).toBe("full");
    expect(ledger.key("one more")).toBe("full");
    for (let index = 0; index < 1000; index += 1) expect(ledger.id(String(index))).toBe("again");
    // The first five hundred are too old by now.
    now = LEDGER_LIMITS.rememberMs + 500;
    for (let index = 0; index < 500; index += 1) expect(ledger.key(String(index))).toBe("new");
    expect(ledger.key("one more")).toBe("full");
    for (let index = 500; index < 1000; index += 1) expect(ledger.id(String(index))).toBe("again");
  });

  it("remembers 786,432 names for ten minutes in 17 MiB, and gives them back", async () => {
    let now = 0;
    const before = bytesNow();
    const ledger = new InvokeLedger(() => now);
    const { entries, rememberMs } = LEDGER_LIMITS;
    let taken = 0;
    for (let index = 0; index < entries; index += 1) taken += Number(ledger.id(`${index}`) === "new");
    expect(taken).toBe(entries);
    expect(ledger.id("one more")).toBe("full");
    now = rememberMs;
    let known = 0;
    for (let index = 0; index < entries; index += 97) known += Number(ledger.id(`${index}`) === "again");
    expect(known).toBe(Math.ceil(entries / 97));
    // What was collected is given back by another thread, a moment later.
    await expect.poll(() => bytesNow() - before, { timeout: 10_000 }).toBeLessThan(17 * 1_048_576);
    now += 1001;
    expect(ledger.id("one more")).toBe("new");
    await expect.poll(() => bytesNow() - before, { timeout: 10_000 }).toBeLessThan(1_048_576);
  });

  it("agrees with a list that forgets nothing, as long as nothing is old", () => {
    const call = fc.record({ id: fc.string({ maxLength: 3 }), key: fc.boolean(), wait: fc.nat(60_000) });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        let now = 0;
        const ledger = new InvokeLedger(() => now);
        const seen = new Map<string, number>();
        for (const { id, key, wait } of calls) {
          now += wait;
          const name = `${String(key)} ${id}`;
          const at = seen.get(name);
          const repeated = at !== undefined && now - at <= LEDGER_LIMITS.rememberMs;
          if (!repeated) seen.set(name, now);
          expect(key ? ledger.key(id) : ledger.id(id)).toBe(repeated ? "again" : "new");
        }
      }),
    );
  });
});

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Of all tables that are still in use. */
function bytesNow(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}
