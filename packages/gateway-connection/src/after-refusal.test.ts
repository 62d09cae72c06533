import { describe, expect, it } from "vitest";
import { LINK_DELAYS, PATIENT_TRIES } from "./link-delays.ts";
import { nextLinkStep } from "./link-policy.ts";
import { NEW, OLD, refused } from "./link-policy.test.support.ts";
import type { LinkMemory, LinkOutcome, LinkStep } from "./link-step.ts";

const TOKEN = { hasConfigured: true, hasDeviceToken: false };
const DEVICE = { hasConfigured: false, hasDeviceToken: true };
const BOTH = { hasConfigured: true, hasDeviceToken: true };

const step = (memory: LinkMemory, outcome: LinkOutcome, have = TOKEN, random = 0.5): LinkStep =>
  nextLinkStep(memory, outcome, have, () => random);
const waited = (result: LinkStep): number => (result.kind === "wait" ? result.afterMs : Number.NaN);

describe("pairing", () => {
  const pairing = refused({ code: "NOT_PAIRED", detail: "PAIRING_REQUIRED", details: { requestId: "r-1" } });

  it("is waited for, slowly and for ever, and names the request", () => {
    let memory = NEW;
    const low: number[] = [];
    const high: number[] = [];
    for (let tries = 0; tries < 8; tries += 1) {
      low.push(waited(step(memory, pairing, TOKEN, 0)));
      high.push(waited(step(memory, pairing, TOKEN, 0.999_999)));
      const result = step(memory, pairing);
      expect(result).toMatchObject({ kind: "wait", cause: "pairing", requestId: "r-1" });
      memory = result.memory;
    }
    expect(low).toEqual([4000, 6000, 9000, 13_500, 20_250, 24_000, 24_000, 24_000]);
    expect(high).toEqual([6000, 9000, 13_500, 20_250, 30_375, 36_000, 36_000, 36_000]);
    expect(step({ ...NEW, pairingTries: 5000 }, pairing)).toMatchObject({ afterMs: 30_000 });
  });
});

describe("a signature that is not accepted", () => {
  const invalid = refused({ detail: "DEVICE_AUTH_SIGNATURE_INVALID" });

  it("is followed by one try with the other version", () => {
    const second = step(NEW, invalid);
    expect(second).toMatchObject({ cause: "swap", afterMs: 250, memory: { signature: "v3" } });
    expect(step(second.memory, invalid)).toMatchObject({
      kind: "stop",
      code: "DEVICE_AUTH_SIGNATURE_INVALID",
    });
  });

  it("may be one that was damaged on its way: after a hello both are tried twice more", () => {
    let memory = OLD;
    const causes: unknown[] = [];
    for (let tries = 0; tries < 7; tries += 1) {
      const result = step(memory, invalid);
      causes.push([result.kind === "wait" ? result.cause : result.code, result.memory.signature]);
      memory = result.memory;
    }
    const [swap, anew] = [
      ["swap", "v3"],
      ["network", "v2"],
    ];
    expect(causes).toEqual([swap, anew, swap, anew, swap, ["credentials", "v2"], swap]);
  });

  it.each(["DEVICE_AUTH_NONCE_REQUIRED", "DEVICE_AUTH_NONCE_MISMATCH"])(
    "%s: three in a row are enough",
    (detail) => {
      const first = step(NEW, refused({ detail }));
      const second = step(first.memory, refused({ detail }));
      expect([first, second]).toMatchObject([{ afterMs: 250 }, { afterMs: 250 }]);
      expect(step(second.memory, refused({ detail }))).toMatchObject({ kind: "stop", code: detail });
      // Another answer in between starts the count anew.
      const between = step(second.memory, refused({ detail: "PAIRING_REQUIRED" }));
      expect(step(between.memory, refused({ detail }))).toMatchObject({ kind: "wait" });
    },
  );

  it("expired is tried again with a fresh challenge, more and more slowly, and never ends the host", () => {
    let memory = NEW;
    const waits: number[] = [];
    for (let tries = 0; tries < 8; tries += 1) {
      const result = step(memory, refused({ detail: "DEVICE_AUTH_SIGNATURE_EXPIRED" }), TOKEN, 0.999_999);
      waits.push(waited(result));
      memory = result.memory;
    }
    expect(waits).toEqual([250, 250, 1500, 2000, 4000, 8000, 16_000, 30_000]);
  });
});

describe("a credential that is not accepted", () => {
  const mismatch = { detail: "AUTH_TOKEN_MISMATCH" };

  it("gives way to the stored device token, once", () => {
    const second = step(OLD, refused(mismatch), BOTH);
    expect(second).toMatchObject({
      cause: "swap",
      afterMs: 250,
      dropDeviceToken: false,
      memory: { credential: "device" },
    });
    const third = step(second.memory, refused(mismatch, "device"), BOTH);
    expect(third).toMatchObject({
      cause: "credentials",
      afterMs: 300_000,
      dropDeviceToken: true,
      memory: { credential: "configured", swapped: false },
    });
  });

  it("does not go to and fro between two that are both refused", () => {
    expect(step({ ...OLD, swapped: true }, refused(mismatch), BOTH)).toMatchObject({ cause: "credentials" });
  });

  it("ends a new host when there is no other", () => {
    for (const detail of [
      "AUTH_TOKEN_MISMATCH",
      "AUTH_TOKEN_MISSING",
      "AUTH_PASSWORD_MISMATCH",
      "AUTH_PASSWORD_MISSING",
    ])
      expect(step(NEW, refused({ detail }))).toMatchObject({ kind: "stop", code: detail });
  });

  it.each(["AUTH_TOKEN_MISMATCH", "AUTH_DEVICE_TOKEN_MISMATCH"])(
    "%s: a refused device token is dropped, and the shared one tried",
    (detail) => {
      expect(step({ ...OLD, credential: "device" }, refused({ detail }, "device"), BOTH)).toMatchObject({
        cause: "swap",
        dropDeviceToken: true,
        memory: { credential: "configured" },
      });
      expect(step(OLD, refused({ detail }, "device"), DEVICE)).toMatchObject({
        cause: "credentials",
        dropDeviceToken: true,
      });
    },
  );

  it("for another reason keeps the device token", () => {
    expect(step(OLD, refused({ detail: "AUTH_PASSWORD_MISSING" }, "device"), DEVICE)).toMatchObject({
      cause: "credentials",
      dropDeviceToken: false,
    });
    expect(step(OLD, refused({ detail: "AUTH_SCOPE_MISMATCH" }, "device"), BOTH)).toMatchObject({
      cause: "credentials",
      dropDeviceToken: false,
    });
  });

  it.each([
    "AUTH_TOKEN_NOT_CONFIGURED",
    "AUTH_BOOTSTRAP_TOKEN_INVALID",
    "AUTH_REQUIRED",
    "CLIENT_VERSION_MISMATCH",
  ])("%s is for a person", (detail) => {
    expect(step(NEW, refused({ detail }), BOTH)).toMatchObject({ kind: "stop", code: detail });
    expect(step(OLD, refused({ detail }), BOTH)).toMatchObject({ cause: "credentials", afterMs: 300_000 });
  });
});

describe("a frame that was not understood", () => {
  const damaged = [
    refused({ message: "invalid connect params: at root: unexpected property 'minProtocnl'" }),
    refused({ message: "invalid handshake: first rEquest must be connect" }),
    refused({ message: "invalid role" }),
    refused({ detail: "DEVICE_AUTH_DEVICE_ID_MISMATCH" }),
    refused({ detail: "DEVICE_AUTH_PUBLIC_KEY_INVALID" }),
  ];

  it.each(damaged)("ends a new host: %j", (outcome) => {
    expect(step(NEW, outcome)).toMatchObject({ kind: "stop" });
  });

  it.each(damaged)("after a hello may have been damaged on its way, twice: %j", (outcome) => {
    const first = step(OLD, outcome, TOKEN, 0.999_999);
    const second = step(first.memory, outcome, TOKEN, 0.999_999);
    expect([first, second]).toMatchObject([
      { cause: "network", afterMs: 1500 },
      { cause: "network", afterMs: 2000 },
    ]);
    const third = step(second.memory, outcome);
    expect(third).toMatchObject({ cause: "credentials", afterMs: 300_000 });
    expect(step(third.memory, outcome)).toMatchObject({ cause: "credentials", afterMs: 300_000 });
    // Another answer in between starts the count anew.
    const between = step(third.memory, refused({ detail: "PAIRING_REQUIRED" }));
    expect(step(between.memory, outcome)).toMatchObject({ cause: "network" });
  });
});

describe("a field that is not accepted", () => {
  const named = refused({ message: "invalid connect params: at root: unexpected property 'pathEnv'" });

  it("is left out once", () => {
    const second = step(NEW, named);
    expect(second).toMatchObject({ cause: "swap", afterMs: 250, memory: { omit: ["pathEnv"] } });
    expect(step(second.memory, named)).toMatchObject({ kind: "stop", code: "INVALID_REQUEST" });
  });

  it("that the frame needs ends a new host", () => {
    const version = refused({ message: "invalid connect params: at /client/version: must be string" });
    expect(step(NEW, version)).toMatchObject({ kind: "stop", code: "INVALID_REQUEST" });
  });
});

describe("a Gateway that says later", () => {
  const starting = (retryAfterMs?: number): LinkOutcome =>
    refused({ code: "UNAVAILABLE", message: "gateway starting", retryable: true, retryAfterMs });

  it.each([
    [0, 100],
    [-5, 100],
    [500, 500],
    [2000, 2000],
    [60_000, 2000],
    [1e308, 2000],
    [undefined, 2000],
  ])("in %s ms is believed within bounds", (told, expected) => {
    expect(step(NEW, starting(told), TOKEN, 0)).toMatchObject({ cause: "gateway-busy", afterMs: expected });
    expect(waited(step(NEW, starting(told), TOKEN, 0.999_999))).toBe(Math.round(expected * 1.2));
  });

  it("is asked less and less often when it goes on for long", () => {
    const at = (busyTries: number): number => waited(step({ ...OLD, busyTries }, starting(100), TOKEN, 0));
    expect([0, PATIENT_TRIES, PATIENT_TRIES + 1, PATIENT_TRIES + 4, 1000].map(at)).toEqual([
      100,
      100,
      200,
      1600,
      LINK_DELAYS.longestBusyWait,
    ]);
  });

  it("is believed anew after it has said something else", () => {
    const { memory } = step({ ...OLD, busyTries: 1000 }, refused({ detail: "PAIRING_REQUIRED" }));
    expect(step(memory, starting(100), TOKEN, 0)).toMatchObject({ afterMs: 100 });
  });

  it.each([
    [300_000, 300_000],
    [undefined, 300_000],
    [0, 5000],
    [1e9, 900_000],
  ])("because of a lockout of %s ms is believed too, and never ends the host", (told, expected) => {
    const locked = refused({ detail: "AUTH_RATE_LIMITED", retryAfterMs: told });
    expect(step(NEW, locked, TOKEN, 0)).toMatchObject({
      kind: "wait",
      cause: "gateway-busy",
      afterMs: expected,
    });
  });
});
