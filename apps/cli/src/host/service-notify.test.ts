import type { LinkState } from "@openclaw/gateway-connection";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { StatusDocument } from "./host-status.ts";
import { LinkProgress, PROGRESS_LIMITS } from "./link-progress.ts";
import type { NotifyMessage } from "./notify-channel.ts";
import { beatEvery, NOTIFY_LIMITS, openServiceNotify, type ServiceNotify } from "./service-notify.ts";

const GATEWAY = "ws://gw:1";

interface Scene {
  readonly sent: NotifyMessage[];
  readonly problems: string[];
  readonly notify: ServiceNotify;
  readonly enter: (state: LinkState) => void;
}

function scene(env: Readonly<Record<string, string>> = {}): Scene {
  const sent: NotifyMessage[] = [];
  const problems: string[] = [];
  let link: LinkState = {
    state: "stopped",
    phase: "idle",
    code: "not-started",
    since: 0,
    why: "",
    next: "",
  };
  const notify = openServiceNotify({
    env,
    status: () => ({ link, surface: { stage: "approved" }, gateway: GATEWAY }) as unknown as StatusDocument,
    link: () => link,
    onProblem: (problem) => void problems.push(problem),
    channel: { send: (message) => void sent.push(message) },
    progress: new LinkProgress(() => Date.now()),
  });
  if (notify === undefined) throw new Error("no way");
  onTestFinished(() => notify.close());
  const enter = (state: LinkState): void => {
    link = state;
    notify.changed();
  };
  return { sent, problems, notify, enter };
}

const waiting = (why: string): LinkState => ({
  state: "pairing-pending",
  phase: "waiting",
  next: "",
  since: Date.now(),
  cause: "pairing",
  why,
  retryAt: Date.now() + 1000,
  requestId: why,
});

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

describe("openServiceNotify", () => {
  it("does nothing where nobody listens", () => {
    const never = (): never => {
      throw new Error("asked");
    };
    const none = { status: never, link: never, onProblem: never };
    expect(openServiceNotify({ env: {}, ...none })).toBeUndefined();
    expect(
      openServiceNotify({ env: { LISTEN_FDNAMES: "notify", LISTEN_PID: "1" }, ...none }),
    ).toBeUndefined();
  });

  it("is ready, tells news, stops", () => {
    const { sent, notify, enter } = scene();
    enter({ state: "connecting", phase: "connecting", since: 0, why: "", next: "" });
    expect(sent).toEqual([]);
    notify.ready();
    enter(waiting("r-1"));
    notify.stopping();
    expect(sent).toEqual([
      { READY: "1", STATUS: "connecting to ws://gw:1" },
      { STATUS: "waiting to be paired; on the Gateway: openclaw devices approve r-1" },
      { STOPPING: "1", STATUS: "stopping" },
    ]);
    enter(waiting("r-2"));
    vi.advanceTimersByTime(60_000);
    expect(sent).toHaveLength(3);
  });

  it("tells the newest of many changes, once in a second", () => {
    const { sent, notify, enter } = scene();
    notify.ready();
    for (let index = 0; index < 1000; index += 1) enter(waiting(`r-${index}`));
    expect(sent).toHaveLength(2);
    vi.advanceTimersByTime(NOTIFY_LIMITS.statusGapMs);
    expect(sent).toHaveLength(3);
    expect(sent[2]?.["STATUS"]).toMatch(/r-999$/u);
    vi.advanceTimersByTime(NOTIFY_LIMITS.statusGapMs * 10);
    expect(sent).toHaveLength(3);
  });

  it("keeps a Gateway's words on one bounded line", () => {
    const { sent, notify, enter } = scene();
    notify.ready();
    enter({
      state: "backing-off",
      phase: "waiting",
      next: "",
      since: 0,
      cause: "network",
      why: `no\nWATCHDOG=1\u001b[2J${"x".repeat(1000)}`,
      retryAt: 0,
    });
    const status = sent[1]?.["STATUS"] ?? "";
    expect(status).toContain("no\\u000aWATCHDOG=1\\u001b[2J");
    expect(status).toHaveLength(NOTIFY_LIMITS.statusChars);
  });

  it("feeds the watchdog at half its time, only while the link makes progress", () => {
    const { sent, problems, notify, enter } = scene({ WATCHDOG_USEC: "60000000" });
    notify.ready();
    const beats = (): number => sent.filter((message) => message["WATCHDOG"] === "1").length;
    expect(beats()).toBe(1);
    vi.advanceTimersByTime(90_000);
    expect(beats()).toBe(4);
    vi.advanceTimersByTime(PROGRESS_LIMITS.connectingMs);
    const before = beats();
    vi.advanceTimersByTime(600_000);
    expect(beats()).toBe(before);
    expect(problems).toHaveLength(1);
    enter({ phase: "ready", since: 0, hello: {} } as unknown as LinkState);
    vi.advanceTimersByTime(600_000);
    expect(beats()).toBe(before + 20);
  });
});

describe("beatEvery", () => {
  it.each([
    [{ WATCHDOG_USEC: "60000000" }, 30_000],
    [{ WATCHDOG_USEC: "60000000", WATCHDOG_PID: "7" }, 30_000],
    [{ WATCHDOG_USEC: "60000000", WATCHDOG_PID: "8" }, undefined],
    [{ WATCHDOG_USEC: "1000" }, undefined],
    [{ WATCHDOG_USEC: "9000" }, NOTIFY_LIMITS.beatMs],
    [{ WATCHDOG_USEC: "999999999999999999" }, NOTIFY_LIMITS.timerMs],
    [{ WATCHDOG_USEC: "-5" }, undefined],
    [{ WATCHDOG_USEC: "1e9" }, undefined],
    [{ WATCHDOG_USEC: "" }, undefined],
    [{}, undefined],
  ])("%j", (env, ms) => {
    expect(beatEvery(env, 7)).toBe(ms);
  });
});
