import { describe, expect, it } from "vitest";
import type { LinkView, SurfaceView } from "./host-status.ts";
import { connectionText, serviceStatusText } from "./status-text.ts";

const GATEWAY = "ws://127.0.0.1:18789";
const APPROVED: SurfaceView = { stage: "approved" };

const CASES: readonly (readonly [LinkView, SurfaceView, string])[] = [
  [{ phase: "idle", since: 0 }, APPROVED, "connecting to ws://127.0.0.1:18789"],
  [{ phase: "connecting", since: 0 }, APPROVED, "connecting to ws://127.0.0.1:18789"],
  [{ phase: "ready", since: 0 }, APPROVED, "connected to ws://127.0.0.1:18789"],
  [{ phase: "ready", since: 0 }, { stage: "pending" }, "connected to ws://127.0.0.1:18789"],
  [
    { phase: "ready", since: 0 },
    { stage: "pending", requestId: "r-1" },
    "connected to ws://127.0.0.1:18789; waiting for this node's commands to be approved; on the Gateway: openclaw nodes approve r-1",
  ],
  [
    { phase: "ready", since: 0 },
    { stage: "rejected" },
    "connected to ws://127.0.0.1:18789; the operator rejected this node's commands",
  ],
  [
    { phase: "waiting", since: 0, cause: "pairing", requestId: "r-2", retryAt: 5000 },
    APPROVED,
    "waiting to be paired; on the Gateway: openclaw devices approve r-2",
  ],
  [
    { phase: "waiting", since: 0, cause: "pairing" },
    APPROVED,
    "waiting to be paired; on the Gateway: openclaw devices list",
  ],
  [{ phase: "stopped", since: 0 }, APPROVED, "stopped"],
  [{ phase: "hibernating", since: 0 }, APPROVED, "hibernating"],
];

describe("serviceStatusText", () => {
  it.each(CASES)("%j with %j", (link, surface, text) => {
    expect(serviceStatusText(link, surface, GATEWAY)).toBe(text);
  });

  it("says when it tries again", () => {
    const link = { phase: "waiting", since: 0, cause: "network", why: "connection refused", retryAt: 5000 };
    expect(serviceStatusText(link, APPROVED, GATEWAY)).toMatch(
      /^not connected: connection refused; next try at \d\d:\d\d:05$/u,
    );
  });
});

describe("connectionText", () => {
  it("is ready only when nothing is known to be missing", () => {
    const ready = CASES.filter(([link, surface]) => connectionText(link, surface, GATEWAY).ready);
    expect(ready.map(([{ phase }, { stage }]) => `${phase} ${stage}`)).toEqual([
      "ready approved",
      "ready pending",
    ]);
  });
});
