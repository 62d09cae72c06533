import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvokeLedger, LEDGER_LIMITS } from "./invoke-ledger.ts";

describe("InvokeLedger", () => {
  it("knows an id and a key again, and keeps the two apart", () => {
    const ledger = new InvokeLedger();
    expect(ledger.repeatsId("a")).toBe(false);
    expect(ledger.repeatsKey("a")).toBe(false);
    expect(ledger.repeatsId("key:a")).toBe(false);
    expect(ledger.repeatsId("a")).toBe(true);
    expect(ledger.repeatsKey("a")).toBe(true);
  });

  it("forgets after ten minutes, not before", () => {
    let now = 0;
    const ledger = new InvokeLedger(() => now);
    ledger.repeatsId("a");
    now = LEDGER_LIMITS.rememberMs;
    expect(ledger.repeatsId("a")).toBe(true);
    now += 1;
    expect(ledger.repeatsId("a")).toBe(false);
    expect(ledger.repeatsId("a")).toBe(true);
  });

  it("does not live on the clock of the wall", () => {
    const ledger = new InvokeLedger();
    ledger.repeatsId("a");
    const wall = Date.now;
    try {
      Date.now = () => wall() + 2 * LEDGER_LIMITS.rememberMs;
      expect(ledger.repeatsId("a")).toBe(true);
    } finally {
      Date.now = wall;
    }
  });

  it("stays bounded and lets the oldest go first", () => {
    const ledger = new InvokeLedger(() => 0);
    for (let index = 0; index < LEDGER_LIMITS.entries + 10; index += 1) ledger.repeatsId(String(index));
    expect(ledger.size).toBe(LEDGER_LIMITS.entries);
    expect(ledger.repeatsId(String(LEDGER_LIMITS.entries + 9))).toBe(true);
    expect(ledger.repeatsId("9")).toBe(false);
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
          expect(key ? ledger.repeatsKey(id) : ledger.repeatsId(id)).toBe(repeated);
        }
      }),
    );
  });
});
