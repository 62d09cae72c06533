import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { START_PACE_MS, StartPace } from "./start-pace.ts";

/** Starts that take so long each, all asked for in one turn, and everybody else at the end of each later one; their order. */
async function orderOf(names: readonly string[], startMs: number): Promise<readonly string[]> {
  let now = 0;
  const pace = new StartPace(() => now);
  const order: string[] = [];
  const start = async (name: string): Promise<void> => {
    const turn = pace.turn();
    if (turn !== undefined) {
      await turn;
      // Some steps lie between the turn of a run and its start.
      await Promise.resolve();
    }
    order.push(name);
    now += startMs;
  };
  const all = Promise.all(names.map(start));
  for (let turn = 0; turn < 3; turn += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one turn after the other
    await setImmediate();
    order.push("others");
  }
  await all;
  return order;
}

describe("the starts of runs", () => {
  it("follow each other in their order for a while, then everybody else has a turn", async () => {
    expect(await orderOf(["a", "b", "c", "d", "e", "f", "g"], START_PACE_MS / 2)).toEqual(
      "a b c d others e f others g others".split(" "),
    );
  });

  it("that take longer are one in each turn", async () => {
    expect(await orderOf(["a", "b", "c", "d"], START_PACE_MS)).toEqual(
      "a b others c others d others".split(" "),
    );
  });

  it("cost one alone nothing, again and again", async () => {
    let now = 0;
    const pace = new StartPace(() => now);
    for (let turn = 0; turn < 3; turn += 1) {
      expect(pace.turn()).toBeUndefined();
      now += START_PACE_MS;
      // oxlint-disable-next-line no-await-in-loop -- one turn after the other
      await setImmediate();
    }
  });
});
