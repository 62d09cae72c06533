import { ConnectionError } from "@openclaw/gateway-connection";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SURFACE_DELAYS, SurfaceWatch, type SurfaceState } from "./surface-watch.ts";
import {
  AWAITING,
  DECLARED,
  refusedWith,
  resolved,
  session,
  type Answer,
} from "./surface-watch.test.support.ts";

let remembered: (readonly string[])[];
let states: SurfaceState[];
let reconnects: number;
let watch: SurfaceWatch;

const watchOf = (approved?: readonly string[]): SurfaceWatch =>
  new SurfaceWatch({
    declared: DECLARED,
    approved,
    onApproved: (commands) => remembered.push(commands),
    onState: (state) => states.push(state),
    reconnect: () => (reconnects += 1),
  });

beforeEach(() => {
  vi.useFakeTimers();
  remembered = [];
  states = [];
  reconnects = 0;
  watch = watchOf();
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

const settle = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(0));

describe("Gateways without a surface approval (2026.2)", () => {
  it("need nothing", async () => {
    watch.onReady(session("2026.2"));
    await vi.advanceTimersByTimeAsync(SURFACE_DELAYS.later * 2);
    expect(states).toEqual([{ stage: "not-needed" }]);
    expect(reconnects).toBe(0);
  });
});

describe("Gateways that take an approval in at the next connect (2026.3)", () => {
  it("are asked again: soon, then every minute, then rarely, until an invoke comes", async () => {
    const gaps: number[] = [];
    for (let index = 0; index < 14; index += 1) {
      watch.onReady(session("2026.3"));
      const from = Date.now();
      await vi.advanceTimersToNextTimerAsync();
      gaps.push(Date.now() - from);
    }
    expect(gaps.slice(0, 3)).toEqual([SURFACE_DELAYS.first, SURFACE_DELAYS.second, SURFACE_DELAYS.every]);
    expect(gaps.at(-1)).toBe(SURFACE_DELAYS.later);
    expect(reconnects).toBe(14);
    expect(states).toEqual([{ stage: "pending" }]);
    watch.onReady(session("2026.3"));
    watch.onInvoke("system.which");
    await vi.advanceTimersByTimeAsync(SURFACE_DELAYS.later * 3);
    expect(reconnects).toBe(14);
    expect(states).toEqual([{ stage: "pending" }, { stage: "approved" }]);
    watch.onReady(session("2026.3"));
    await vi.advanceTimersByTimeAsync(SURFACE_DELAYS.later * 3);
    expect(reconnects).toBe(14);
  });

  it("are left alone after close", async () => {
    watch.onReady(session("2026.3"));
    watch.close();
    await vi.advanceTimersByTimeAsync(SURFACE_DELAYS.later);
    expect(reconnects).toBe(0);
  });
});

describe("Gateways that take an approval in at once and say nothing (2026.6)", () => {
  it("are believed when an invoke comes", async () => {
    watch.onReady(session("2026.6"));
    await vi.advanceTimersByTimeAsync(SURFACE_DELAYS.later);
    expect(states).toEqual([{ stage: "pending" }]);
    watch.onInvoke("system.which");
    watch.onInvoke("system.which");
    expect(states.at(-1)).toEqual({ stage: "approved" });
    expect(states).toHaveLength(2);
    expect(reconnects).toBe(0);
  });
});

describe("Gateways that tell the node (2026.9)", () => {
  it("say at once that it is approved", async () => {
    const methods: string[] = [];
    watch.onReady(session("2026.9", (method) => Promise.resolve(methods.push(method))));
    await settle();
    expect(methods).toEqual(["node.runnerInventory.update"]);
    expect(states).toEqual([{ stage: "approved" }]);
  });

  it("name the request that waits, and tell how it ended", async () => {
    watch.onReady(session("2026.9", refusedWith(AWAITING)));
    await settle();
    watch.onReady(session("2026.9", refusedWith(AWAITING)));
    await settle();
    watch.onEvent(resolved("approved"));
    expect(states).toEqual([{ stage: "pending", requestId: "r-7" }, { stage: "approved" }]);
  });

  it("tell of a rejection", async () => {
    watch.onReady(session("2026.9", refusedWith(AWAITING)));
    await settle();
    watch.onEvent(resolved("rejected"));
    expect(states.at(-1)).toEqual({ stage: "rejected" });
  });

  it("may want another approval after the next connect", async () => {
    watch.onReady(session("2026.9"));
    await settle();
    watch.onReady(session("2026.9", refusedWith(AWAITING)));
    await settle();
    expect(states.at(-1)).toEqual({ stage: "pending", requestId: "r-7" });
  });

  it("are not misread when the decision overtakes the answer", async () => {
    let refuse: () => void = () => undefined;
    const slow: Answer = () =>
      new Promise((_resolve, reject) => {
        refuse = () => reject(new ConnectionError("request-failed", AWAITING));
      });
    watch.onReady(session("2026.9", slow));
    watch.onEvent(resolved("approved"));
    refuse();
    await settle();
    expect(states).toEqual([{ stage: "approved" }]);
  });

  it.each([
    ["an answer about something else", refusedWith("unknown method")],
    ["a lost link", () => Promise.reject(new ConnectionError("closed", "gone"))],
    ["no answer", () => Promise.reject(new ConnectionError("request-timeout", "late"))],
  ])("leave it open after %s", async (_what, answer) => {
    watch.onReady(session("2026.9", answer));
    await settle();
    expect(watch.state).toEqual({ stage: "unknown" });
  });

  it.each([
    ["an id that would do something in a shell", "openclaw nodes approve $(reboot)"],
    ["an endless id", `openclaw nodes approve ${"x".repeat(500)}`],
  ])("cannot make us show %s", async (_what, text) => {
    watch.onReady(session("2026.9", refusedWith(`awaiting approval; run ${text}`)));
    await settle();
    expect(JSON.stringify(states)).not.toMatch(/reboot|x{81}/u);
    expect(states[0]?.stage).toBe("pending");
  });

  it.each([{}, null, { decision: 5 }, "approved"])("send events of another shape: %j", (payload) => {
    watch.onEvent({ type: "event", event: "node.pair.resolved", payload });
    watch.onEvent({ type: "event", event: "tick" });
    expect(states).toEqual([]);
  });
});
