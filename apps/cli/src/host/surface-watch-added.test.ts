import { ConnectionError, type Session } from "@openclaw/gateway-connection";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SURFACE_DELAYS, SurfaceWatch, type SurfaceState } from "./surface-watch.ts";

type Answer = (method: string) => Promise<unknown>;

const ERAS = {
  "2026.2": { protocol: 3, methods: ["node.invoke"], events: ["tick"] },
  "2026.3": { protocol: 3, methods: ["node.pending.pull"], events: ["tick"] },
  "2026.6": { protocol: 4, methods: ["node.pending.pull"], events: ["tick"] },
  "2026.9": { protocol: 4, methods: ["node.pending.pull"], events: ["node.runnerInventory.changed"] },
} as const;

function session(era: keyof typeof ERAS, answer: Answer = () => Promise.resolve({})): Session {
  const { protocol, methods, events } = ERAS[era];
  return {
    hello: {
      type: "hello-ok",
      protocol,
      server: { version: "dev", connId: "c" },
      features: { methods, events },
      policy: { maxPayload: 1_000_000, tickIntervalMs: 30_000 },
    },
    closed: new Promise(() => undefined),
    request: async (method) => await answer(method),
    close: () => Promise.reject(new Error("not closed here")),
  };
}

const refusedWith =
  (message: string): Answer =>
  () =>
    Promise.reject(new ConnectionError("request-failed", message));
const AWAITING = "node capability surface is awaiting operator approval; run `openclaw nodes approve r-7`";
const resolved = (decision: string) =>
  ({
    type: "event",
    event: "node.pair.resolved",
    payload: { requestId: "r-7", nodeId: "n", decision },
  }) as const;

const DECLARED = ["system.run", "system.run.prepare", "system.which"];
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
