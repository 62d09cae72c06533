import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PROMPT_LIMITS, PromptBroker, type PromptEnd, type Watcher } from "./prompt-broker.ts";
import { promptText } from "./prompt.test.support.ts";
import type { WatchEvent } from "./watch-protocol.ts";

/** A broker whose clock and timers are moved by hand. */
function scene() {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly act: () => void }>();
  const broker = new PromptBroker({
    waitMs: 1000,
    now: () => now,
    schedule: (act, ms) => {
      const timer = { at: now + ms, act };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
  const move = (ms: number, late = false): void => {
    now += ms;
    for (const timer of late ? [] : timers) {
      if (timer.at > now) continue;
      timers.delete(timer);
      timer.act();
    }
  };
  const watch = (name?: string): { readonly watcher: Watcher; readonly heard: WatchEvent[] } => {
    const heard: WatchEvent[] = [];
    const watcher = broker.watch((event) => heard.push(event), name);
    if (watcher === undefined) throw new Error("too many watchers");
    return { watcher, heard };
  };
  const ask = (ms = 1000): { readonly abort: AbortController; readonly end: Promise<PromptEnd> } => {
    const abort = new AbortController();
    return { abort, end: broker.ask(promptText(), { ms, signal: abort.signal }) };
  };
  return { broker, move, watch, ask, timers };
}

const idsOf = (heard: readonly WatchEvent[]): string[] =>
  heard.flatMap((event) => (event.event === "prompt" ? [event.id] : []));

describe("PromptBroker", () => {
  it("takes the first answer, and tells the others who gave it", async () => {
    const { watch, ask, broker } = scene();
    const [first, second] = [watch("a"), watch("b")];
    const { end } = ask();
    const [id = ""] = idsOf(first.heard);
    second.watcher.answer({ id, decision: "allow-once" });
    first.watcher.answer({ id, decision: "deny" });
    expect(await end).toMatchObject({ kind: "answered", decision: "allow-once", by: "b" });
    expect(first.heard.slice(2)).toEqual([
      { event: "settled", id, how: "answered", decision: "allow-once", by: "b" },
      expect.objectContaining({ event: "error", id }) as unknown,
    ]);
    expect(broker.waitingCount).toBe(0);
  });

  it("ends a prompt by time, cancel, and the last watcher's leaving", async () => {
    const { watch, ask, move, timers } = scene();
    const [one, other] = [watch(), watch()];
    const [late, cancelled, left] = [ask(100), ask(), ask()];
    move(100);
    expect(await late.end).toMatchObject({ kind: "expired", waitedMs: 100 });
    cancelled.abort.abort();
    expect(await cancelled.end).toMatchObject({ kind: "withdrawn" });
    one.watcher.leave();
    one.watcher.leave();
    expect(other.heard.filter(({ event }) => event === "settled").length).toBe(2);
    other.watcher.leave();
    expect(await left.end).toMatchObject({ kind: "unwatched" });
    expect(timers.size).toBe(0);
  });

  it("counts no answer that came too late, even where the timer is later still", async () => {
    const { watch, ask, move } = scene();
    const { watcher, heard } = watch();
    const { end } = ask(100);
    move(100, true);
    watcher.answer({ id: idsOf(heard)[0] ?? "", decision: "allow-once" });
    expect(await end).toMatchObject({ kind: "expired" });
  });

  it("counts no answer of a watcher who left, nor one to an unknown id", async () => {
    const { watch, ask } = scene();
    const [gone, here] = [watch(), watch()];
    const { end, abort } = ask();
    const [id = ""] = idsOf(here.heard);
    gone.watcher.leave();
    gone.watcher.answer({ id, decision: "allow-once" });
    here.watcher.answer({ id: `${id}x`, decision: "allow-once" });
    expect(here.heard.at(-1)).toMatchObject({ event: "error" });
    abort.abort();
    expect(await end).toMatchObject({ kind: "withdrawn" });
  });

  it("refuses at once what is too many, too late, or asked of nobody", async () => {
    const { watch, ask, broker } = scene();
    expect(await ask().end).toMatchObject({ kind: "unwatched" });
    const { watcher } = watch();
    expect(await ask(0).end).toMatchObject({ kind: "expired" });
    const waiting = Array.from({ length: PROMPT_LIMITS.waiting }, () => ask());
    expect(await ask().end).toMatchObject({ kind: "crowded" });
    expect(broker.waitingCount).toBe(PROMPT_LIMITS.waiting);
    watcher.leave();
    for (const { end } of waiting) expect(await end).toMatchObject({ kind: "unwatched" });
  });

  it("does not take 'always' where nothing can be added, and goes on waiting", async () => {
    const { broker, watch } = scene();
    const { watcher, heard } = watch();
    const signal = new AbortController().signal;
    const end = broker.ask(promptText({ always: null, whyNotAlways: "no agent" }), { ms: 9, signal });
    const [id = ""] = idsOf(heard);
    watcher.answer({ id, decision: "allow-always" });
    expect(heard.at(-1)).toMatchObject({
      event: "error",
      id,
      error: "allow-always is not possible: no agent",
    });
    watcher.answer({ id, decision: "deny" });
    expect(await end).toMatchObject({ kind: "answered", decision: "deny" });
  });

  it("gives late watchers what waits, names apart, and takes no more than the limit", () => {
    const { broker, watch, ask, move } = scene();
    watch("a");
    void ask(500);
    move(200);
    const second = watch("a");
    expect(second.watcher.name).not.toBe("a");
    expect(second.heard).toMatchObject([
      { event: "watching", waiting: 1 },
      { event: "prompt", leftMs: 300 },
    ]);
    while (broker.watch(() => undefined) !== undefined);
    second.watcher.leave();
    expect(broker.watch(() => undefined)).toBeDefined();
  });

  it("keeps time for the way back", () => {
    const broker = new PromptBroker();
    expect(broker.timeFor(30_000)).toBe(28_000);
    expect(broker.timeFor(3_600_000)).toBe(PROMPT_LIMITS.waitMs);
    expect(broker.timeFor(0)).toBeLessThanOrEqual(0);
  });

  it("settles every prompt exactly once, whatever comes in which order", async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("ask" as const), ms: fc.integer({ min: 1, max: 50 }) }),
      fc.record({ do: fc.constant("watch" as const) }),
      fc.record({ do: fc.constantFrom("leave" as const, "cancel" as const), at: fc.nat(9) }),
      fc.record({
        do: fc.constant("move" as const),
        ms: fc.integer({ min: 0, max: 40 }),
        late: fc.boolean(),
      }),
      fc.record({
        do: fc.constant("answer" as const),
        at: fc.nat(9),
        by: fc.nat(9),
        decision: fc.constantFrom("allow-once" as const, "allow-always" as const, "deny" as const),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { broker, move, watch, ask, timers } = scene();
        const watchers: ReturnType<typeof watch>[] = [];
        const asked: ReturnType<typeof ask>[] = [];
        const record = watch("record");
        for (const each of steps) {
          if (each.do === "ask") asked.push(ask(each.ms));
          else if (each.do === "watch" && watchers.length < 5) watchers.push(watch());
          else if (each.do === "move") move(each.ms, each.late);
          else if (each.do === "leave") watchers[each.at]?.watcher.leave();
          else if (each.do === "cancel") asked[each.at]?.abort.abort();
          else if (each.do === "answer") {
            const id = idsOf(record.heard)[each.at] ?? "none";
            watchers[each.by]?.watcher.answer({ id, decision: each.decision });
          }
        }
        record.watcher.leave();
        for (const { watcher } of watchers) watcher.leave();
        const ends = await Promise.all(asked.map(async ({ end }) => await end));
        const settled = record.heard.flatMap((event) => (event.event === "settled" ? [event] : []));
        // Nobody hears of an id twice, and what was heard is what the run was told.
        expect(new Set(settled.map(({ id }) => id)).size).toBe(settled.length);
        const heardAnswers = settled.filter(({ how }) => how === "answered").map(({ decision }) => decision);
        const answers = ends.flatMap((end) => (end.kind === "answered" ? [end.decision] : []));
        const count = (list: readonly unknown[], one: string): number =>
          list.filter((each) => each === one).length;
        for (const decision of ["allow-once", "allow-always", "deny"]) {
          expect(count(heardAnswers, decision)).toBe(count(answers, decision));
        }
        expect(broker.waitingCount).toBe(0);
        expect(timers.size).toBe(0);
      }),
    );
  });
});
