import * as fc from "fast-check";
import type { HelloOk } from "@openclaw/protocol";
import { describe, expect, it } from "vitest";
import { initialLinkState, nextLinkState, type LinkEvent } from "./link-machine.ts";
import { LINK_STATE_NAMES, LINK_STATE_TEXTS, type LinkState, type LinkStateName } from "./link-state.ts";
import type { WaitCause } from "./link-step.ts";
import { OLD } from "./link-policy.test.support.ts";

const HELLO = { type: "hello-ok", protocol: 4 } as unknown as HelloOk;

function waitEvent(cause: WaitCause, requestId?: string): LinkEvent {
  const step = {
    kind: "wait",
    cause,
    afterMs: 100,
    why: `it is ${cause}`,
    dropDeviceToken: false,
    memory: OLD,
  } as const;
  return { kind: "wait", delayMs: 100, step: { ...step, ...(requestId === undefined ? {} : { requestId }) } };
}

const CAUSES: readonly WaitCause[] = [
  "network",
  "gateway-down",
  "gateway-busy",
  "pairing",
  "credentials",
  "swap",
];
const EVENTS: readonly LinkEvent[] = [
  { kind: "attempt" },
  { kind: "resolved" },
  { kind: "challenged" },
  { kind: "hello", hello: HELLO },
  { kind: "surface", why: "not approved yet", requestId: "r-2" },
  { kind: "surface", why: "rejected" },
  { kind: "surface" },
  { kind: "drain", why: "the host stops" },
  ...CAUSES.map((cause) => waitEvent(cause)),
  waitEvent("pairing", "r-1"),
  { kind: "stop", code: "closed", why: "closed" },
  { kind: "stop", code: "PROTOCOL_MISMATCH", why: "too old" },
];
const events = fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 });

const PHASES: Readonly<Record<LinkStateName, readonly LinkState["phase"][]>> = {
  resolving: ["connecting"],
  connecting: ["connecting"],
  challenged: ["connecting"],
  "pairing-pending": ["waiting"],
  "backing-off": ["waiting"],
  "surface-pending": ["ready"],
  ready: ["ready"],
  draining: ["ready"],
  stopped: ["idle", "stopped"],
};

/** What may follow each state, whatever happens. */
const FOLLOWS: Readonly<Record<LinkStateName, readonly LinkStateName[]>> = {
  resolving: ["connecting", "challenged", "ready", "backing-off", "pairing-pending", "stopped", "resolving"],
  connecting: ["challenged", "ready", "backing-off", "pairing-pending", "stopped", "resolving"],
  challenged: ["ready", "backing-off", "pairing-pending", "stopped", "resolving"],
  "pairing-pending": ["resolving", "pairing-pending", "backing-off", "stopped"],
  "backing-off": ["resolving", "pairing-pending", "backing-off", "stopped"],
  ready: ["surface-pending", "draining", "backing-off", "pairing-pending", "resolving", "stopped"],
  "surface-pending": [
    "surface-pending",
    "ready",
    "draining",
    "backing-off",
    "pairing-pending",
    "resolving",
    "stopped",
  ],
  draining: ["backing-off", "pairing-pending", "resolving", "stopped"],
  stopped: ["resolving", "backing-off", "pairing-pending", "stopped"],
};

/** All states that a sequence of events leads through, the first one included; the clock goes on by one each time. */
function story(sequence: readonly LinkEvent[]): readonly LinkState[] {
  const states: LinkState[] = [initialLinkState(0)];
  sequence.forEach((event, at) => {
    const before = states.at(-1) ?? initialLinkState(0);
    const after = nextLinkState(before, event, at + 1);
    if (after !== before) states.push(after);
  });
  return states;
}

const names = (sequence: readonly LinkEvent[]): readonly LinkStateName[] =>
  story(sequence).map(({ state }) => state);

describe("every sequence of events", () => {
  it("leads through known states that say since when, why, and what comes next", () => {
    fc.assert(
      fc.property(events, (sequence) => {
        const states = story(sequence);
        states.forEach((state, at) => {
          expect(PHASES[state.state]).toContain(state.phase);
          expect(state.why).not.toBe("");
          expect(state.next).not.toBe("");
          expect(state.since).toBeGreaterThanOrEqual(states[at - 1]?.since ?? 0);
          if (state.phase === "waiting") expect(state.retryAt).toBe(state.since + 100);
          expect(state.phase === "waiting").toBe("retryAt" in state);
          expect(state.phase === "ready").toBe("hello" in state);
          if (at > 0) expect(FOLLOWS[states[at - 1]?.state ?? "stopped"]).toContain(state.state);
        });
      }),
      { numRuns: 1000 },
    );
  });

  it("is the same told again: the machine remembers nothing but its state", () => {
    fc.assert(
      fc.property(events, (sequence) => {
        expect(story(sequence)).toEqual(story(sequence));
      }),
    );
  });

  it("that ends it stays ended", () => {
    fc.assert(
      fc.property(events, events, (before, after) => {
        const end: LinkEvent = { kind: "stop", code: "closed", why: "closed" };
        const ended = story([...before, end]).at(-1);
        expect(story([...before, end, ...after]).at(-1)).toEqual(ended);
      }),
    );
  });

  it("is open only after a hello, and closed by nothing that the Gateway approves", () => {
    fc.assert(
      fc.property(events, (sequence) => {
        let helloSeen = false;
        let state: LinkState = initialLinkState(0);
        for (const event of sequence) {
          const before = state;
          state = nextLinkState(state, event, 1);
          if (event.kind === "attempt" || event.kind === "wait" || event.kind === "stop") helloSeen = false;
          if (event.kind === "hello" && before.phase === "connecting") helloSeen = true;
          expect(state.phase === "ready").toBe(helloSeen);
        }
      }),
    );
  });
});

describe("the way of a link", () => {
  it("from the start to work, and to its end", () => {
    expect(names(EVENTS.slice(0, 9))).toEqual([
      "stopped",
      "resolving",
      "connecting",
      "challenged",
      "ready",
      "surface-pending",
      "surface-pending",
      "ready",
      "draining",
      "backing-off",
    ]);
  });

  it("reaches every state", () => {
    expect(new Set(names(EVENTS))).toEqual(new Set(LINK_STATE_NAMES));
  });

  it.each(LINK_STATE_NAMES)("goes from %s where the manual says", (name) => {
    const way = EVENTS.findIndex((_, at) => names(EVENTS.slice(0, at)).at(-1) === name);
    const before = name === "pairing-pending" ? [waitEvent("pairing")] : EVENTS.slice(0, Math.max(way, 0));
    expect(names(before).at(-1)).toBe(name);
    const reached = new Set(EVENTS.map((event) => names([...before, event]).at(-1)));
    const said = LINK_STATE_TEXTS[name].next.matchAll(/`([a-z-]+)`/gu);
    for (const [, next] of said) expect([...reached]).toContain(next);
  });

  it.each(CAUSES)("waits because of %s, and says what for", (cause) => {
    const [, state] = story([waitEvent(cause)]);
    expect(state).toMatchObject({
      state: cause === "pairing" ? "pairing-pending" : "backing-off",
      cause,
      since: 1,
      retryAt: 101,
      why: `it is ${cause}`,
    });
    expect(names([waitEvent(cause), { kind: "attempt" }]).at(-1)).toBe("resolving");
  });

  it("names what an operator has to type", () => {
    expect(story([waitEvent("pairing", "r-1")]).at(-1)?.next).toMatch(/openclaw devices approve r-1$/u);
    expect(story([waitEvent("pairing")]).at(-1)?.next).toMatch(/openclaw devices list$/u);
    const open = EVENTS.slice(0, 4);
    expect(story([...open, { kind: "surface", why: "no", requestId: "r-2" }]).at(-1)).toMatchObject({
      requestId: "r-2",
      next: expect.stringMatching(/openclaw nodes approve r-2$/u),
    });
    expect(story([...open, { kind: "surface", why: "no" }]).at(-1)?.next).toMatch(/openclaw nodes pending$/u);
  });

  it("keeps why it tries again while it tries", () => {
    const states = story([waitEvent("network"), ...EVENTS.slice(0, 3)]);
    expect(states.slice(2).map(({ why }) => why)).toEqual(
      Array.from({ length: 3 }, () => "trying again after: it is network"),
    );
  });

  it("takes no news of an attempt that is over", () => {
    const open = EVENTS.slice(0, 4);
    expect(names([...open, { kind: "challenged" }, { kind: "resolved" }])).toEqual(names(open));
    const drained: readonly LinkEvent[] = [...open, { kind: "drain", why: "stop" }];
    expect(names([...drained, { kind: "surface" }, { kind: "drain", why: "again" }])).toEqual(names(drained));
  });
});
