import { describe, expect, test } from "vitest";
import { requestFailure } from "./request-failure.ts";

describe("what Gateways of all eras answer", () => {
  test.each([
    ["node-offline", "UNAVAILABLE", "node not connected", { code: "NOT_CONNECTED" }],
    ["node-refused", "UNAVAILABLE", "SYSTEM_RUN_DENIED: allowlist miss", undefined],
    [
      "node-refused",
      "UNAVAILABLE",
      "UNAVAILABLE: command not supported",
      { nodeError: { code: "UNAVAILABLE" } },
    ],
    ["node-refused", "UNAVAILABLE", "TIMEOUT: node invoke timed out", { nodeError: { code: "TIMEOUT" } }],
    [
      "node-refused",
      "UNAVAILABLE",
      "node pairing changed while invocation was active",
      { code: "PAIRING_CHANGED" },
    ],
    ["gateway-refused", "INVALID_REQUEST", "node command not allowed", { reason: "command not allowlisted" }],
    ["gateway-refused", "FORBIDDEN", "missing scope: operator.admin", { code: "MISSING_SCOPE" }],
    ["not-supported", "INVALID_REQUEST", "unknown method: node.pair.remove", undefined],
    ["unknown-request", "INVALID_REQUEST", "unknown requestId", undefined],
    ["unknown-request", "INVALID_REQUEST", "unknown approval id", undefined],
    [
      "unknown-request",
      "INVALID_REQUEST",
      "unknown or expired approval id",
      { reason: "APPROVAL_NOT_FOUND" },
    ],
    ["policy-changed", "INVALID_REQUEST", "exec approvals changed; reload and retry", undefined],
    [
      "policy-changed",
      "UNAVAILABLE",
      "INVALID_REQUEST: Error: INVALID_REQUEST: exec approvals changed; reload and retry",
      { nodeError: {} },
    ],
    ["gateway-refused", "INVALID_REQUEST", "something else", "no object"],
  ] as const)("%s for %s %s", (code, wire, message, details) => {
    expect(requestFailure({ code: wire, message, details }, "node.invoke").code).toBe(code);
  });
});

test("the node's words stay, once", () => {
  const error = {
    code: "UNAVAILABLE",
    message: "SYSTEM_RUN_DENIED: SYSTEM_RUN_DENIED: approval required",
    details: { nodeError: {} },
  };
  expect(requestFailure(error, "node.invoke").message).toBe(
    "the node refused: SYSTEM_RUN_DENIED: approval required",
  );
});

test("no escape sequence of a stranger comes through", () => {
  const error = { code: "X", message: "a\u001b[2Jb", details: undefined };
  expect(requestFailure(error, "node.list").message).toBe(String.raw`node.list: a\u001b[2Jb`);
});
