import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LINK_DELAYS } from "./link-delays.ts";
import { nextLinkStep } from "./link-policy.ts";
import {
  anyMemory,
  anyOutcome,
  ended,
  failed,
  NEW,
  OLD,
  refused,
  seededRandom,
} from "./link-policy.test.support.ts";
import { memoryAfterHello, type LinkMemory, type LinkOutcome, type LinkStep } from "./link-step.ts";
import { readRefusal } from "./refusal.ts";

const BOTH = { hasConfigured: true, hasDeviceToken: true };
const TOKEN = { hasConfigured: true, hasDeviceToken: false };
const credentials = fc.record({ hasConfigured: fc.boolean(), hasDeviceToken: fc.boolean() });
const random01 = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const step = (memory: LinkMemory, outcome: LinkOutcome, have = TOKEN, random = 0.5): LinkStep =>
  nextLinkStep(memory, outcome, have, () => random);
const waited = (result: LinkStep): number => (result.kind === "wait" ? result.afterMs : Number.NaN);

/** The shortest and the longest time that a step may wait, over all random numbers. */
function span(memory: LinkMemory, outcome: LinkOutcome, have = TOKEN): readonly [number, number] {
  return [waited(step(memory, outcome, have, 0)), waited(step(memory, outcome, have, 0.999_999))];
}

const CAUSES = new Set(["network", "gateway-down", "gateway-busy", "pairing", "swap"]);
const DAMAGED = new Set<string | undefined>(["omit-field", "other-signature", "send-anew"]);
const DOWN = failed("unreachable", { system: "ECONNREFUSED" });

describe("every outcome", () => {
  it("leads to a step with a reason, and waits inside the stated bounds", () => {
    const longest = LINK_DELAYS.lockoutWait[1] * 1.2;
    fc.assert(
      fc.property(anyMemory, anyOutcome, credentials, random01, (memory, outcome, have, random) => {
        const result = nextLinkStep(memory, outcome, have, () => random);
        if (result.kind === "stop") return result.why !== "" && result.code !== "";
        const { afterMs, why } = result;
        return why !== "" && Number.isInteger(afterMs) && afterMs >= 100 && afterMs <= longest;
      }),
      { numRuns: 2000 },
    );
  });

  it("ends a host that was never connected only if a person must act, any other host only by the protocol", () => {
    fc.assert(
      fc.property(anyMemory, anyOutcome, credentials, random01, (memory, outcome, have, random) => {
        const kindFor = (everReady: boolean): string => {
          const result = nextLinkStep({ ...memory, everReady }, outcome, have, () => random);
          return result.kind === "wait" ? result.cause : result.code;
        };
        const gateway = outcome.kind === "failed" ? outcome.error.details.gateway : undefined;
        const refusal =
          outcome.kind === "failed" && outcome.error.code === "refused" && gateway !== undefined
            ? readRefusal(gateway)
            : undefined;
        const [forNew, forOld] = [kindFor(false), kindFor(true)];
        // The protocol ends both; what a person must mend ends one and is waited out by the other; the rest is the same.
        if (refusal?.code === "PROTOCOL_MISMATCH") return forNew === forOld && forNew === "PROTOCOL_MISMATCH";
        if (forOld === "credentials") return !CAUSES.has(forNew) && outcome.kind === "failed";
        if (DAMAGED.has(refusal?.reaction) && forOld === "network") return !CAUSES.has(forNew);
        if (refusal?.reaction === "wait-for-pairing") return forNew === "pairing" && forOld === "pairing";
        return forNew === forOld && CAUSES.has(forNew);
      }),
      { numRuns: 2000 },
    );
  });

  it("does not hammer: a minute holds few tries, whatever a Gateway does", () => {
    fc.assert(
      fc.property(anyOutcome, credentials, fc.integer(), (outcome, have, seed) => {
        // A session that held for long before each cut is no try in vain.
        fc.pre(outcome.kind === "failed" || outcome.readyMs < LINK_DELAYS.stable);
        const random = seededRandom(seed);
        let memory: LinkMemory = OLD;
        let clock = 0;
        let tries = 0;
        while (clock < 60_000 && tries < 1000) {
          const result = nextLinkStep(memory, outcome, have, random);
          if (result.kind === "stop") return;
          memory = result.memory;
          clock += result.afterMs;
          tries += 1;
        }
        expect(tries).toBeLessThan(40);
      }),
      { numRuns: 500 },
    );
  });
});

describe("what a person must mend", () => {
  it.each([
    failed("fingerprint-mismatch"),
    failed("tls-failed", { system: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
    failed("too-large"),
  ])("%#: ends a new host and is waited out by an old one", (outcome) => {
    expect(step(NEW, outcome)).toMatchObject({
      kind: "stop",
      code: outcome.error.code,
      why: outcome.error.message,
    });
    expect(step(OLD, outcome)).toMatchObject({ kind: "wait", cause: "credentials", afterMs: 300_000 });
  });

  it("the protocol ends both", () => {
    for (const memory of [NEW, OLD])
      expect(step(memory, refused({ detail: "PROTOCOL_MISMATCH" }))).toMatchObject({
        kind: "stop",
        code: "PROTOCOL_MISMATCH",
      });
  });
});

describe("a cut", () => {
  it("while the Gateway lives is mended within two seconds", () => {
    for (const end of [
      ended(1006),
      ended(1000),
      ended(1001),
      ended(1009),
      ended(1008, "slow consumer"),
      ended(4000, "tick timeout"),
    ]) {
      expect(step(OLD, end)).toMatchObject({ cause: "network", dropDeviceToken: false });
      expect(span(OLD, end)).toEqual([200, 1500]);
    }
  });

  it("that comes again and again is waited out longer and longer", () => {
    let memory: LinkMemory = OLD;
    const spans: (readonly [number, number])[] = [];
    for (let cuts = 0; cuts < 7; cuts += 1) {
      const cut = ended(1006, "", { readyMs: 100 });
      spans.push(span(memory, cut));
      memory = step(memory, cut).memory;
    }
    expect(spans).toEqual([
      [200, 1500],
      [500, 2000],
      [500, 4000],
      [500, 8000],
      [500, 16_000],
      [500, 30_000],
      [500, 30_000],
    ]);
    // A session that held resets it.
    expect(span(memory, ended(1006, "", { readyMs: 10_000 }))).toEqual([200, 1500]);
    expect(span(memory, ended(1006, "", { readyMs: 9999 }))).toEqual([500, 30_000]);
  });

  it("before hello, or a server that is no Gateway, is an outage like any other", () => {
    for (const outcome of [
      failed("closed", { close: { code: 1006, reason: "" } }),
      failed("handshake-timeout"),
      failed("protocol-violation"),
      failed("not-a-gateway", { status: 404 }),
      failed("unreachable", { system: "ENOTFOUND" }),
    ])
      expect(step(NEW, outcome)).toMatchObject({ kind: "wait", cause: "network" });
  });
});

describe("a Gateway that is down", () => {
  it.each([
    ["after its shutdown event", ended(1006, "", { shutdown: {} })],
    ["after its restart close", ended(1012, "service restart")],
    ["when the port is closed", DOWN],
    ["when it closes before hello", failed("closed", { close: { code: 1012, reason: "service restart" } })],
    ["when a proxy says so", failed("not-a-gateway", { status: 503 })],
  ])("%s: the first try is spread over 15 to 20 seconds, later ones come within 20", (_name, outcome) => {
    expect(step(OLD, outcome)).toMatchObject({ kind: "wait", cause: "gateway-down" });
    const [low, high] = span(OLD, outcome);
    expect(high - low).toBeGreaterThanOrEqual(15_000);
    expect(high).toBeLessThanOrEqual(20_000);
    const { memory } = step(OLD, outcome);
    expect(span(memory, DOWN)[1]).toBe(20_000);
    // The wide spacing holds for whatever comes before the next hello.
    expect(span(memory, failed("unreachable", { system: "ETIMEDOUT" }))).toEqual(span(memory, DOWN));
    expect(span(memoryAfterHello(memory), DOWN)).toEqual([low, high]);
  });

  it("is given the wide spread also when a cut came first", () => {
    const { memory } = step(OLD, ended(1006));
    expect(span(memory, DOWN)).toEqual([500, 20_000]);
  });
});

describe("after hello", () => {
  it("a reload of the node's commands is followed at once, but not again and again", () => {
    const reload = ended(1012, "node capabilities changed", { readyMs: 50 });
    const first = step(OLD, reload);
    expect(first).toMatchObject({ cause: "swap", afterMs: 250 });
    expect(step(first.memory, reload)).toMatchObject({ cause: "gateway-down" });
    expect(step(first.memory, ended(1012, "node capabilities changed"))).toMatchObject({ afterMs: 250 });
  });

  it("a removed device drops its token if a shared one can bring another", () => {
    const removed = ended(4001, "device removed");
    const device: LinkMemory = { ...OLD, credential: "device" };
    expect(step(device, removed, BOTH)).toMatchObject({
      cause: "network",
      dropDeviceToken: true,
      memory: { credential: "configured" },
    });
    expect(step(device, removed, { hasConfigured: false, hasDeviceToken: true })).toMatchObject({
      dropDeviceToken: false,
    });
  });

  it("a changed shared secret keeps the device token, which is now the only good one", () => {
    expect(step(OLD, ended(4001, "gateway auth changed"), BOTH)).toMatchObject({
      cause: "network",
      dropDeviceToken: false,
      memory: { credential: "configured" },
    });
  });
});
