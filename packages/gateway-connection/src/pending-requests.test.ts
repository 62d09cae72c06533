import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { PendingRequests } from "./pending-requests.ts";

const codeOf = async (answer: Promise<unknown>): Promise<unknown> => {
  try {
    return await answer;
  } catch (error) {
    return Reflect.get(Object(error), "code");
  }
};

describe("PendingRequests", () => {
  it("gives up each at its own time, whatever was asked before or after it", async () => {
    const pending = new PendingRequests();
    const ended: number[] = [];
    const ask = async (timeoutMs: number): Promise<unknown> => {
      const code = await codeOf(pending.add("any", { timeoutMs }).answer);
      ended.push(timeoutMs);
      return code;
    };
    const codes = await Promise.all([60, 20, 100, 40, 1].map(ask));
    expect(codes).toEqual(Array.from({ length: 5 }, () => "request-timeout"));
    expect(ended).toEqual([1, 20, 40, 60, 100]);
    expect(pending.size).toBe(0);
  });

  it("an answer, an error and an end come to those who wait, once", async () => {
    const pending = new PendingRequests();
    const one = pending.add("one", {});
    const two = pending.add("two", { timeoutMs: 0 });
    const three = pending.add("three", {});
    pending.settle(one.id, "yes");
    pending.settle(one.id, "no");
    pending.failWith(two.id, { code: "X", message: "not so" });
    expect(await codeOf(one.answer)).toBe("yes");
    expect(await codeOf(two.answer)).toBe("request-failed");
    expect(pending.has(three.id)).toBe(true);
    pending.settle(three.id, 3);
    expect(await three.answer).toBe(3);
    expect(pending.size).toBe(0);
  });

  it("lets go of a signal when it is answered", async () => {
    const pending = new PendingRequests();
    const { signal } = new AbortController();
    const { id, answer } = pending.add("one", { signal });
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    pending.settle(id, 1);
    await answer;
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    const stop = new AbortController();
    const given = codeOf(pending.add("two", { signal: stop.signal }).answer);
    stop.abort();
    expect(await given).toBe("aborted");
    expect(() => pending.add("three", { signal: stop.signal })).toThrow("given up");
  });
});
