import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SURFACE_DELAYS, SurfaceWatch, type SurfaceState } from "./surface-watch.ts";
import { AWAITING, DECLARED, refusedWith, resolved, session } from "./surface-watch.test.support.ts";

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

describe("commands that were added since the last approval", () => {
  const added = ["system.run", "system.run.prepare"];
  const known = ["system.which"];

  it("wait on Gateways that tell the node, until the operator says yes", async () => {
    watch = watchOf(known);
    watch.onReady(session("2026.9"));
    await settle();
    watch.onInvoke("system.which");
    expect(states).toEqual([{ stage: "pending", added }]);
    watch.onEvent(resolved("approved"));
    expect(states.at(-1)).toEqual({ stage: "approved" });
    expect(remembered).toEqual([DECLARED]);
  });

  it("are known to be approved when one of them is called", async () => {
    watch = watchOf(known);
    watch.onReady(session("2026.6"));
    watch.onInvoke("system.execApprovals.get");
    watch.onInvoke("system.which");
    expect(states).toEqual([{ stage: "pending", added }]);
    watch.onInvoke("system.run.prepare");
    expect(states.at(-1)).toEqual({ stage: "approved" });
  });

  it("are never granted where the Gateway asks once; the link is left alone once it is known to work", async () => {
    watch = watchOf(known);
    watch.onReady(session("2026.3"));
    expect(states).toEqual([{ stage: "not-asked", added }]);
    await vi.advanceTimersByTimeAsync(SURFACE_DELAYS.first);
    expect(reconnects).toBe(1);
    watch.onReady(session("2026.3"));
    watch.onInvoke("system.which");
    watch.onReady(session("2026.3"));
    await vi.advanceTimersByTimeAsync(SURFACE_DELAYS.later * 3);
    expect(reconnects).toBe(1);
    expect(states).toHaveLength(1);
  });

  it("may be rejected alone", async () => {
    watch = watchOf(known);
    watch.onReady(session("2026.9"));
    await settle();
    watch.onEvent(resolved("rejected"));
    expect(states.at(-1)).toEqual({ stage: "rejected", added });
    expect(remembered).toEqual([]);
  });

  it("are no matter for a narrower surface, whose wider approval stays known", async () => {
    watch = watchOf([...DECLARED, "system.execApprovals.get"]);
    watch.onReady(session("2026.9"));
    await settle();
    expect(states).toEqual([{ stage: "approved" }]);
    expect(remembered).toEqual([]);
  });

  it("are no matter once the Gateway has forgotten the node", async () => {
    watch = watchOf(known);
    watch.onReady(session("2026.9", refusedWith(AWAITING)));
    await settle();
    expect(states).toEqual([{ stage: "pending", requestId: "r-7" }]);
    watch.onEvent({
      type: "event",
      event: "node.pair.resolved",
      payload: { requestId: "r-old", nodeId: "n", decision: "rejected" },
    });
    expect(states).toHaveLength(1);
    watch.onEvent(resolved("approved"));
    expect(remembered).toEqual([DECLARED]);
  });
});
