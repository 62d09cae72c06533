import { endpointFromParts, type LinkState } from "@openclaw/gateway-connection";
import { describe, expect, it } from "vitest";
import { REMIND_MS, RepeatedLines } from "./repeated-lines.ts";
import { describeLink, describeSurface, type StateLine } from "./state-messages.ts";
import type { SurfaceState } from "./surface-watch.ts";

const ENDPOINT = endpointFromParts({ host: "127.0.0.1", port: 18_789, tls: false });
const WHY = "cannot reach the Gateway at 127.0.0.1:18789: connection refused (is the Gateway running?)";
const waiting = (cause: Extract<LinkState, { phase: "waiting" }>["cause"], more: object = {}): LinkState => ({
  state: cause === "pairing" ? "pairing-pending" : "backing-off",
  phase: "waiting",
  next: "",
  since: 0,
  cause,
  why: WHY,
  retryAt: 12_400,
  ...more,
});
const HELLO = {
  type: "hello-ok",
  protocol: 4,
  server: { version: "2026.9.6", connId: "c" },
  features: { methods: [], events: [] },
  policy: { maxPayload: 1, tickIntervalMs: 1 },
} as const;

type Case<S> = readonly [state: S, level: string | undefined, text: string | undefined];

const BARE = { since: 0, why: "", next: "" } as const;
const LINKS: readonly Case<LinkState>[] = [
  [{ state: "stopped", phase: "idle", ...BARE, code: "not-started" }, undefined, undefined],
  [{ state: "resolving", phase: "connecting", ...BARE }, "debug", "connecting to ws://127.0.0.1:18789"],
  [{ state: "connecting", phase: "connecting", ...BARE }, undefined, undefined],
  [{ state: "challenged", phase: "connecting", ...BARE }, undefined, undefined],
  [{ state: "surface-pending", phase: "ready", ...BARE, hello: HELLO }, undefined, undefined],
  [
    { state: "draining", phase: "ready", ...BARE, why: "the host stops", hello: HELLO },
    "debug",
    "the connection is about to end: the host stops",
  ],
  [
    { state: "ready", phase: "ready", ...BARE, hello: HELLO },
    "info",
    "connected to the Gateway at ws://127.0.0.1:18789 (version 2026.9.6, protocol 4)",
  ],
  [
    { state: "stopped", phase: "stopped", ...BARE, why: "closed", code: "closed" },
    "debug",
    "the link is closed: closed",
  ],
  [
    waiting("pairing", { requestId: "r-1" }),
    "info",
    "waiting to be paired; on the Gateway: openclaw devices approve r-1",
  ],
  [
    waiting("pairing"),
    "info",
    "waiting to be paired; on the Gateway: openclaw devices list, then openclaw devices approve <request id>",
  ],
  [waiting("swap"), "debug", `${WHY}; trying once more`],
  [
    waiting("credentials", { retryAt: 300_000 }),
    "warn",
    `${WHY}; a person has to mend this; trying again in 5 min, until it works`,
  ],
  [waiting("network"), "warn", `${WHY}; trying again in 12 s, until it answers`],
  [waiting("gateway-down", { retryAt: -5 }), "warn", `${WHY}; trying again in 1 s, until it answers`],
  [waiting("gateway-busy", { retryAt: 119_000 }), "warn", `${WHY}; trying again in 119 s, until it answers`],
];

const SURFACES: readonly Case<SurfaceState>[] = [
  [{ stage: "unknown" }, undefined, undefined],
  [{ stage: "not-needed" }, undefined, undefined],
  [{ stage: "approved" }, "info", "the Gateway has approved this node's commands; ready for work"],
  [
    { stage: "rejected" },
    "warn",
    "the operator rejected this node's commands; after a restart of this node they can be approved again",
  ],
  [
    { stage: "pending" },
    "info",
    "if this node is new, its commands must be approved; on the Gateway: openclaw nodes pending, then openclaw nodes approve <request id>",
  ],
  [
    { stage: "pending", requestId: "r-2" },
    "info",
    "waiting for this node's commands to be approved; on the Gateway: openclaw nodes approve r-2",
  ],
];

describe("what a person reads", () => {
  it.each(LINKS)("about the link: %j", (state, level, text) => {
    const line = describeLink(state, ENDPOINT, 0);
    expect(line?.level).toBe(level);
    expect(line?.text).toBe(text);
    expect(line?.text ?? "").not.toMatch(/\n/u);
  });

  it.each(SURFACES)("about the surface: %j", (state, level, text) => {
    const line = describeSurface(state);
    expect(line?.level).toBe(level);
    expect(line?.text).toBe(text);
  });
});

describe("RepeatedLines", () => {
  const down: StateLine = { level: "warn", text: "down, again in 3 s", topic: "down" };

  it("says a thing once, and reminds of it now and then", () => {
    let now = 0;
    const lines = new RepeatedLines(() => now);
    expect(lines.quieted(down).level).toBe("warn");
    expect(lines.quieted({ ...down, text: "down, again in 9 s" }).level).toBe("debug");
    expect(lines.quieted({ level: "debug", text: "connecting" }).level).toBe("debug");
    expect(lines.quieted(down).level).toBe("debug");
    now = REMIND_MS;
    expect(lines.quieted(down).level).toBe("warn");
    expect(lines.quieted(down).level).toBe("debug");
  });

  it("says what is new, and what comes back after something else", () => {
    const lines = new RepeatedLines(() => 0);
    lines.quieted(down);
    expect(lines.quieted({ ...down, topic: "refused" }).level).toBe("warn");
    expect(lines.quieted(down).level).toBe("warn");
    expect(lines.quieted({ level: "info", text: "connected" }).level).toBe("info");
    expect(lines.quieted(down).level).toBe("warn");
  });
});
