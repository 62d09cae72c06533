import type { Session } from "@openclaw/gateway-connection";
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ListingWatch, nextListing, NO_LISTING, type Listing, type ListingEvent } from "./listing-watch.ts";
import { session } from "./surface-watch.test.support.ts";

const after = (events: readonly ListingEvent[], from: Listing = NO_LISTING): Listing =>
  events.reduce(nextListing, from);
const ticks = (count: number): ListingEvent[] => Array.from({ length: count }, () => "tick");
const listed: readonly ListingEvent[] = ["hello", "tick", "own-tick"];

describe("a place in the list", () => {
  const event = fc.constantFrom<ListingEvent>("hello", "renewed", "tick", "own-tick");

  it("is never given up while every tick comes through it", () => {
    const pairs = fc.array(
      fc.constantFrom<readonly ListingEvent[]>(["tick", "own-tick"], ["hello"], ["renewed"]),
    );
    fc.assert(
      fc.property(pairs, (parts) => {
        let state = NO_LISTING;
        for (const one of parts.flat()) {
          state = nextListing(state, one);
          expect(state).toMatchObject({ lost: false, due: false });
        }
      }),
    );
  });

  it("that is lost is noticed at the second tick, whatever went before, and sought anew within 32", () => {
    fc.assert(
      fc.property(fc.array(event), fc.constantFrom<ListingEvent>("hello", "renewed"), (past, hello) => {
        const before = after([...past, hello, "tick", "own-tick"]);
        expect(after(ticks(1), before)).toMatchObject({ lost: false, due: false });
        expect(after(ticks(2), before).lost).toBe(true);
        expect(after(ticks(32), before).due).toBe(true);
        // Back by itself: the link was told otherwise, so it is made anew all the same.
        expect(after([...ticks(2), "own-tick"], before).due).toBe(true);
      }),
    );
  });

  it("is sought less and less often, and at once again after another end", () => {
    const again: ListingEvent[] = ["renewed", "tick", "own-tick"];
    const wait = (from: Listing): number => {
      for (let count = 1; ; count += 1) if (after(ticks(count), from).due) return count;
    };
    expect(wait(after(listed))).toBe(2);
    expect(wait(after([...listed, ...again]))).toBe(8);
    expect(wait(after([...listed, ...again, ...again]))).toBe(32);
    expect(wait(after([...listed, ...again, ...again, ...again, ...again]))).toBe(32);
    expect(wait(after([...listed, ...again, ...again, ...listed]))).toBe(2);
    const settled = Array.from({ length: 32 }, (): ListingEvent[] => ["tick", "own-tick"]).flat();
    expect(wait(after([...listed, ...again, ...settled]))).toBe(2);
  });

  it("of a Gateway without such ticks is sought three times, and never called lost", () => {
    expect(after(["hello", ...ticks(2)])).toMatchObject({ due: true, lost: false });
    expect(after(["hello", "renewed", ...ticks(7)]).due).toBe(false);
    expect(after(["hello", "renewed", ...ticks(8)]).due).toBe(true);
    expect(after(["hello", "renewed", "renewed", ...ticks(32)])).toMatchObject({ due: true, lost: false });
    expect(after(["hello", "renewed", "renewed", "renewed", ...ticks(1000)]).due).toBe(false);
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function watching(era: "2026.2" | "2026.3" | "2026.6" | "2026.9") {
  vi.useFakeTimers();
  const seen: string[] = [];
  const scene = {
    seen,
    idle: true,
    watch: undefined as unknown as ListingWatch,
    tick: (_own: boolean) => {},
  };
  const watch = new ListingWatch({
    isIdle: () => scene.idle,
    onLost: () => seen.push("lost"),
    reconnect: () => seen.push("reconnect"),
    random: () => 0.5,
  });
  const answer = session(era, (method) => {
    seen.push(method);
    return Promise.reject(new Error("not known here"));
  });
  watch.onReady(answer satisfies Session);
  let seq = 0;
  scene.watch = watch;
  scene.tick = (own) => {
    watch.onEvent({ type: "event", event: "tick", seq: (seq += 1) });
    if (own) watch.onEvent({ type: "event", event: "tick" });
  };
  return scene;
}

describe("the watch", () => {
  it.each(["2026.2", "2026.3"] as const)("in %s connects anew, some time within a tick", (era) => {
    const { seen, tick } = watching(era);
    tick(true);
    tick(false);
    expect(seen).toEqual(["node.event"]);
    tick(false);
    vi.advanceTimersByTime(14_999);
    expect(seen).toEqual(["node.event", "lost"]);
    vi.advanceTimersByTime(1);
    expect(seen).toEqual(["node.event", "lost", "reconnect"]);
    tick(false);
    vi.advanceTimersByTime(100_000);
    expect(seen).toHaveLength(3);
  });

  it("waits while something runs, and no longer", () => {
    const scene = watching("2026.2");
    scene.idle = false;
    scene.tick(true);
    for (let count = 0; count < 20; count += 1) {
      scene.tick(false);
      vi.advanceTimersByTime(30_000);
    }
    expect(scene.seen).toEqual(["node.event", "lost"]);
    scene.idle = true;
    scene.tick(false);
    expect(scene.seen).toEqual(["node.event", "lost", "reconnect"]);
  });

  it.each(["2026.6", "2026.9"] as const)("does nothing in %s", (era) => {
    const { seen, tick } = watching(era);
    tick(true);
    for (let count = 0; count < 100; count += 1) tick(false);
    vi.advanceTimersByTime(10_000_000);
    expect(seen).toEqual([]);
  });

  it("ends with its connection", () => {
    const { seen, tick, watch } = watching("2026.3");
    tick(true);
    tick(false);
    tick(false);
    watch.close();
    tick(false);
    vi.advanceTimersByTime(100_000);
    expect(seen).toEqual(["node.event", "lost"]);
  });
});
