import type { ErrorShape } from "@openclaw/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRefusal } from "./refusal.ts";

const coded = (code: string, message = "unauthorized: something", error = "INVALID_REQUEST"): ErrorShape => ({
  code: error,
  message,
  details: { code },
});
const plain = (message: string, code = "INVALID_REQUEST"): ErrorShape => ({ code, message });

describe("a refused connect", () => {
  it.each([
    ["PROTOCOL_MISMATCH", "give-up"],
    ["PAIRING_REQUIRED", "wait-for-pairing"],
    ["DEVICE_IDENTITY_REQUIRED", "give-up"],
    ["DEVICE_AUTH_DEVICE_ID_MISMATCH", "send-anew"],
    ["DEVICE_AUTH_SIGNATURE_INVALID", "other-signature"],
    ["DEVICE_AUTH_SIGNATURE_EXPIRED", "retry"],
    ["DEVICE_AUTH_NONCE_REQUIRED", "retry"],
    ["DEVICE_AUTH_NONCE_MISMATCH", "retry"],
    ["DEVICE_AUTH_PUBLIC_KEY_INVALID", "send-anew"],
    ["DEVICE_AUTH_INVALID", "give-up"],
    ["AUTH_TOKEN_MISSING", "other-credential"],
    ["AUTH_TOKEN_MISMATCH", "other-credential"],
    ["AUTH_DEVICE_TOKEN_MISMATCH", "other-credential"],
    ["AUTH_SCOPE_MISMATCH", "fix-credential"],
    ["AUTH_PASSWORD_MISSING", "other-credential"],
    ["AUTH_PASSWORD_MISMATCH", "other-credential"],
    ["AUTH_TOKEN_NOT_CONFIGURED", "fix-credential"],
    ["AUTH_PASSWORD_NOT_CONFIGURED", "fix-credential"],
    ["AUTH_BOOTSTRAP_TOKEN_INVALID", "fix-credential"],
    ["AUTH_RATE_LIMITED", "wait-as-told"],
    ["AUTH_REQUIRED", "fix-credential"],
    ["AUTH_UNAUTHORIZED", "fix-credential"],
    ["AUTH_TAILSCALE_IDENTITY_MISSING", "fix-credential"],
    ["AUTH_IDENTITY_HEADER_REQUIRED", "fix-credential"],
    ["AUTH_VERIFIED_USER_REQUIRED", "fix-credential"],
    ["AUTHENTICATED_PROFILE_UNAVAILABLE", "give-up"],
    ["CONTROL_UI_ORIGIN_NOT_ALLOWED", "give-up"],
    ["CLIENT_VERSION_MISMATCH", "give-up"],
    ["A_CODE_OF_NEXT_YEAR", "send-anew"],
    ["AUTH_OF_NEXT_YEAR", "fix-credential"],
  ])("with the detail %s is answered by %s", (code, reaction) => {
    expect(readRefusal(coded(code))).toEqual({ reaction, code });
  });

  it.each([
    ["protocol mismatch", "PROTOCOL_MISMATCH", "give-up"],
    ["device identity required", "DEVICE_IDENTITY_REQUIRED", "give-up"],
    ["device identity mismatch", "DEVICE_AUTH_DEVICE_ID_MISMATCH", "send-anew"],
    ["device signature invalid", "DEVICE_AUTH_SIGNATURE_INVALID", "other-signature"],
    ["device signature expired", "DEVICE_AUTH_SIGNATURE_EXPIRED", "retry"],
    ["device nonce required", "DEVICE_AUTH_NONCE_REQUIRED", "retry"],
    ["device nonce mismatch", "DEVICE_AUTH_NONCE_MISMATCH", "retry"],
    ["device public key invalid", "DEVICE_AUTH_PUBLIC_KEY_INVALID", "send-anew"],
    [
      "unauthorized: gateway token missing (provide gateway auth token)",
      "AUTH_TOKEN_MISSING",
      "other-credential",
    ],
    [
      "unauthorized: gateway token mismatch (provide gateway auth token)",
      "AUTH_TOKEN_MISMATCH",
      "other-credential",
    ],
    [
      "unauthorized: device token mismatch (rotate/reissue device token)",
      "AUTH_DEVICE_TOKEN_MISMATCH",
      "other-credential",
    ],
    [
      "unauthorized: gateway password missing (enter the password)",
      "AUTH_PASSWORD_MISSING",
      "other-credential",
    ],
    [
      "unauthorized: gateway password mismatch (enter the password)",
      "AUTH_PASSWORD_MISMATCH",
      "other-credential",
    ],
    ["unauthorized: gateway token not configured on gateway", "AUTH_TOKEN_NOT_CONFIGURED", "fix-credential"],
    [
      "unauthorized: gateway password not configured on gateway",
      "AUTH_PASSWORD_NOT_CONFIGURED",
      "fix-credential",
    ],
    ["unauthorized: too many failed authentication attempts", "AUTH_RATE_LIMITED", "wait-as-told"],
    ["unauthorized", "AUTH_UNAUTHORIZED", "fix-credential"],
    ["invalid role", "INVALID_REQUEST", "send-anew"],
    ["invalid connect params: at /auth: unexpected property 'extra'", "INVALID_REQUEST", "send-anew"],
  ])("of a Gateway without detail codes, `%s`, is %s", (message, code, reaction) => {
    expect(readRefusal(plain(message))).toEqual({ code, reaction });
  });

  it("by the oldest Gateways names the pairing request in the details alone", () => {
    const error: ErrorShape = {
      code: "NOT_PAIRED",
      message: "pairing required",
      details: { requestId: "r-1" },
    };
    expect(readRefusal(error)).toEqual({
      reaction: "wait-for-pairing",
      code: "PAIRING_REQUIRED",
      requestId: "r-1",
    });
    expect(readRefusal(plain("not yet", "NOT_PAIRED")).reaction).toBe("wait-for-pairing");
  });

  it.each([
    ["at /client/displayName: must NOT have fewer than 1 characters", "displayName"],
    ["at /client/instanceId: must be string", "instanceId"],
    ["at /pathEnv: must be string", "pathEnv"],
    ["at root: unexpected property 'pathEnv'", "pathEnv"],
    ["at /client: unexpected property 'displayName'", "displayName"],
  ])("for an optional field, `%s`, names the field", (where, field) => {
    expect(readRefusal(plain(`invalid connect params: ${where}`))).toEqual({
      reaction: "omit-field",
      code: "INVALID_REQUEST",
      field,
    });
  });

  it.each([
    "must be object",
    "at /client/version: must be string",
    "at /commands/0: must be string",
    "at /device: unexpected property 'pathEnv2'",
    "at /client: must have required property 'platform'",
  ])("for another part of the frame, `%s`, is sent anew", (where) => {
    expect(readRefusal(plain(`invalid connect params: ${where}`)).reaction).toBe("send-anew");
  });

  it("by a Gateway that starts, or that says so itself, is waited out", () => {
    const starting: ErrorShape = {
      code: "UNAVAILABLE",
      message: "gateway starting",
      retryable: true,
      retryAfterMs: 500,
      details: { reason: "startup-sidecars" },
    };
    expect(readRefusal(starting)).toEqual({
      reaction: "wait-as-told",
      code: "UNAVAILABLE",
      retryAfterMs: 500,
    });
    const inDetails = { code: "X", message: "later", retryable: true, details: { retryAfterMs: 7 } };
    expect(readRefusal(inDetails)).toEqual({ reaction: "wait-as-told", code: "X", retryAfterMs: 7 });
  });

  it("gives no time that is no number", () => {
    for (const retryAfterMs of [Number.NaN, Number.POSITIVE_INFINITY, "7", null])
      expect(readRefusal({ code: "UNAVAILABLE", message: "later", details: { retryAfterMs } })).toEqual({
        reaction: "wait-as-told",
        code: "UNAVAILABLE",
      });
  });

  it("with a code that is a name of every object is unknown, not a crash", () => {
    for (const code of ["constructor", "__proto__", "toString", "hasOwnProperty"])
      expect(readRefusal(coded(code)).reaction).toBe("send-anew");
  });

  it("gives no text from the wire as a code or an id unless it is one plain word", () => {
    const hostile = "x\u001B[2J; rm -rf /";
    const error: ErrorShape = {
      code: hostile,
      message: "no",
      details: { code: hostile, requestId: `r $(${hostile})` },
    };
    expect(readRefusal(error)).toEqual({ reaction: "send-anew", code: "UNKNOWN" });
    expect(readRefusal(coded("A".repeat(129), "no")).code).toBe("INVALID_REQUEST");
  });

  it("of any shape gives a reaction", () => {
    const known = new Set([
      "wait-for-pairing",
      "retry",
      "wait-as-told",
      "other-credential",
      "other-signature",
      "omit-field",
      "send-anew",
      "fix-credential",
      "give-up",
    ]);
    const error = fc.record(
      {
        code: fc.string(),
        message: fc.string(),
        details: fc.anything(),
        retryable: fc.boolean(),
        retryAfterMs: fc.double(),
      },
      { requiredKeys: ["code", "message"] },
    );
    fc.assert(
      fc.property(error, (shape) => {
        expect(known).toContain(readRefusal(shape).reaction);
      }),
    );
  });
});
