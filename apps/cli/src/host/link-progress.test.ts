import type { LinkState } from "@openclaw/gateway-connection";
import { describe, expect, it } from "vitest";
import { LinkProgress, PROGRESS_LIMITS } from "./link-progress.ts";

const CONNECTING: LinkState = { state: "connecting", phase: "connecting", since: 0, why: "", next: "" };
const WAITING: Extract<LinkState, { phase: "waiting" }> = {
  state: "backing-off",
  phase: "waiting",
  next: "",
  since: 1_000_000,
  cause: "network",
  why: "connection refused",
  retryAt: 1_030_000,
};

/** The clock of the machine, in milliseconds, under the test's hand. */
function clock(): { progress: LinkProgress; readonly go: (ms: number) => void } {
  let now = 500;
  return { progress: new LinkProgress(() => now), go: (ms) => (now += ms) };
}

describe("LinkProgress", () => {
  it("trusts a connected link for ever: it watches itself", () => {
    const { progress, go } = clock();
    const ready = { phase: "ready", since: 0, hello: {} } as unknown as LinkState;
    expect(progress.isAlive(ready)).toBe(true);
    go(10 * 24 * 3_600_000);
    expect(progress.isAlive(ready)).toBe(true);
  });

  it("gives up on an attempt that never ends, and trusts the next one", () => {
    const { progress, go } = clock();
    expect(progress.isAlive(CONNECTING)).toBe(true);
    go(PROGRESS_LIMITS.connectingMs);
    expect(progress.isAlive(CONNECTING)).toBe(true);
    go(1);
    expect(progress.isAlive(CONNECTING)).toBe(false);
    expect(progress.isAlive({ ...CONNECTING })).toBe(true);
  });

  it("waits as long as the link said, and a minute more", () => {
    const { progress, go } = clock();
    expect(progress.isAlive(WAITING)).toBe(true);
    go(30_000 + PROGRESS_LIMITS.overdueMs);
    expect(progress.isAlive(WAITING)).toBe(true);
    go(1);
    expect(progress.isAlive(WAITING)).toBe(false);
  });

  it("does not mind a clock on the wall that was turned back", () => {
    const { progress, go } = clock();
    const turned: LinkState = { ...WAITING, retryAt: 0 };
    expect(progress.isAlive(turned)).toBe(true);
    go(PROGRESS_LIMITS.overdueMs);
    expect(progress.isAlive(turned)).toBe(true);
  });

  it("counts from the first look at a state, not from the start", () => {
    const { progress, go } = clock();
    progress.isAlive(CONNECTING);
    go(PROGRESS_LIMITS.connectingMs * 3);
    expect(
      progress.isAlive({
        state: "stopped",
        phase: "stopped",
        since: 0,
        why: "closed",
        next: "",
        code: "closed",
      }),
    ).toBe(true);
  });
});
