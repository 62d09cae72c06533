import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { StartPace } from "./start-pace.ts";

describe("the starts of runs", () => {
  it("are one in each turn of the event loop, in their order, and everybody else has a turn between", async () => {
    const pace = new StartPace();
    const order: string[] = [];
    const start = async (name: string): Promise<void> => {
      await pace.turn();
      order.push(name);
    };
    const all = Promise.all(["a", "b", "c"].map(start));
    for (let turn = 0; turn < 3; turn += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one turn after the other
      await setImmediate();
      order.push("others");
    }
    await all;
    expect(order).toEqual(["a", "b", "others", "c", "others", "others"]);
  });

  it("cost one alone nothing, again and again", async () => {
    const pace = new StartPace();
    for (let turn = 0; turn < 3; turn += 1) {
      expect(pace.turn()).toBeUndefined();
      // oxlint-disable-next-line no-await-in-loop -- one turn after the other
      await setImmediate();
    }
  });
});
