import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultConcurrentRuns, RunSlots, type FreeSlot } from "./run-slots.ts";

const LONG = 60_000;
const GIB = 1_073_741_824;

function patient(): { readonly signal: AbortSignal; readonly ms: number } {
  return { signal: new AbortController().signal, ms: LONG };
}

describe("RunSlots", () => {
  it("gives so many places, and one more only when one is given back", () => {
    const slots = new RunSlots(2);
    const first = slots.take();
    expect(slots.take()).toBeTypeOf("function");
    expect(slots.take()).toBeUndefined();
    first?.();
    first?.();
    expect(slots.active).toBe(1);
    expect(slots.take()).toBeTypeOf("function");
    expect(slots.take()).toBeUndefined();
  });

  it("serves one of each agent in turn, however many one of them has waiting", async () => {
    const slots = new RunSlots(1);
    const order: string[] = [];
    const free = slots.take();
    const run = async (name: string, agent: string | undefined): Promise<void> => {
      const turn = await slots.wait(agent, patient());
      order.push(name);
      if (turn.ok) turn.free();
    };
    const all = [run("a1", "a"), run("a2", "a"), run("a3", "a"), run("b1", "b"), run("n1", undefined)];
    all.push(run("b2", "b"));
    expect(slots.queued).toBe(6);
    free?.();
    await Promise.all(all);
    expect(order).toEqual(["a1", "b1", "n1", "a2", "b2", "a3"]);
    expect([slots.active, slots.queued]).toEqual([0, 0]);
  });

  it("refuses at once when the queue is full, for one agent before all places are taken", async () => {
    const slots = new RunSlots(1, { queued: 3, queuedPerAgent: 2 });
    slots.take();
    const stop = new AbortController();
    const wait = { signal: stop.signal, ms: LONG };
    const waiting = [slots.wait("a", wait), slots.wait("a", wait)];
    expect(await slots.wait("a", wait)).toEqual({ ok: false, why: "full" });
    waiting.push(slots.wait("b", wait));
    expect(await slots.wait("c", wait)).toEqual({ ok: false, why: "full" });
    stop.abort();
    expect(await Promise.all(waiting)).toEqual(
      Array.from({ length: 3 }, () => ({ ok: false, why: "cancelled" })),
    );
    expect(slots.queued).toBe(0);
  });

  it("lets nobody wait longer than it may, and keeps no place for who has gone", async () => {
    const slots = new RunSlots(1);
    const free = slots.take();
    expect(await slots.wait("a", { ...patient(), ms: 0 })).toEqual({ ok: false, why: "late" });
    expect(await slots.wait("a", { ...patient(), ms: Number.NaN })).toEqual({ ok: false, why: "late" });
    expect(await slots.wait("a", { ...patient(), ms: 5 })).toEqual({ ok: false, why: "late" });
    const next = slots.wait("b", patient());
    free?.();
    expect(await next).toMatchObject({ ok: true });
    expect(slots.active).toBe(1);
  });

  it("never has more active than the limit, and forgets nobody", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(fc.constantFrom("come", "go", "cancel"), fc.constantFrom("a", "b", "c")), {
          maxLength: 60,
        }),
        async (limit, steps) => {
          const slots = new RunSlots(limit, { queued: 8, queuedPerAgent: 8 });
          const held: FreeSlot[] = [];
          const stops: AbortController[] = [];
          let pending = 0;
          for (const [step, agent] of steps) {
            if (step === "go") held.shift()?.();
            else if (step === "cancel") stops.pop()?.abort();
            else {
              const place = slots.take();
              const stop = new AbortController();
              if (place !== undefined) held.push(place);
              else {
                stops.push(stop);
                pending += 1;
                void slots.wait(agent, { signal: stop.signal, ms: LONG }).then((turn) => {
                  pending -= 1;
                  if (turn.ok) held.push(turn.free);
                  return undefined;
                });
              }
            }
            // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
            await new Promise((resolve) => setImmediate(resolve));
            expect(slots.active).toBeLessThanOrEqual(limit);
            expect(slots.active).toBe(held.length);
            expect(slots.queued).toBe(pending);
            if (slots.queued > 0) expect(slots.active).toBe(limit);
          }
          for (const stop of stops) stop.abort();
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("defaultConcurrentRuns", () => {
  it.each([
    [1, GIB, 8],
    [2, 24 * GIB, 32],
    [64, 4 * GIB, 16],
    [64, 512 * GIB, 128],
  ])("with %d cores and %d bytes it is %d", (cores, memory, expected) => {
    expect(defaultConcurrentRuns(cores, memory)).toBe(expected);
  });
});
