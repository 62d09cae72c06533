import { endpointFromParts } from "@openclaw/gateway-connection";
import { CONNECT_ERROR_CODES } from "@openclaw/protocol";
import { describe, expect, it } from "vitest";
import { stoppedError } from "./stopped-error.ts";

const ENDPOINT = endpointFromParts({ host: "127.0.0.1", port: 1, tls: false });

describe("stoppedError", () => {
  it.each([
    ["AUTH_TOKEN_MISSING", "set OPENCLAW_GATEWAY_TOKEN"],
    ["AUTH_TOKEN_MISMATCH", "check OPENCLAW_GATEWAY_TOKEN"],
    ["AUTH_PASSWORD_MISMATCH", "check OPENCLAW_GATEWAY_PASSWORD"],
    ["fingerprint-mismatch", "before you change --tls-fingerprint"],
    ["tls-failed", "--tls-fingerprint"],
    ["PROTOCOL_MISMATCH", "update the older"],
  ])("tells what to do about %s", (code, text) => {
    expect(stoppedError({ code, why: "why" }, ENDPOINT).hints.join("\n")).toContain(text);
  });

  it.each([...CONNECT_ERROR_CODES, "constructor", "toString", "__proto__", "hasOwnProperty"])(
    "names the Gateway and the code %s",
    (code) => {
      const error = stoppedError({ code, why: "why" }, ENDPOINT);
      expect(error.message).toBe("why");
      expect(error.hints.at(-1)).toBe(`Gateway: ws://127.0.0.1:1 (${code})`);
      expect(error.hints.every((hint) => typeof hint === "string")).toBe(true);
    },
  );
});
