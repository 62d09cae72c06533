import { endpointFromUrl } from "@openclaw/gateway-connection";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatGatewayTokens,
  parseGatewayTokens,
  tokenFor,
  withoutToken,
  withToken,
  type GatewayTokens,
} from "./gateway-tokens.ts";
import { OPERATOR_LIMITS } from "./limits.ts";

const EMPTY: GatewayTokens = { deviceId: "device", gateways: {} };
const HERE = endpointFromUrl("ws://127.0.0.1:18789");
const given = { token: "secret", scopes: ["operator.read"] };

test("a token goes only to the very Gateway that gave it", () => {
  const tokens = withToken(EMPTY, HERE, given, 1);
  expect(tokenFor(tokens, HERE)).toBe("secret");
  for (const url of [
    "ws://127.0.0.1:18790",
    "ws://localhost:18789",
    "wss://127.0.0.1:18789",
    "ws://127.0.0.1:18789/x",
  ])
    expect(tokenFor(tokens, endpointFromUrl(url))).toBeUndefined();
});

test("another certificate is another Gateway", () => {
  const pinned = endpointFromUrl("wss://gw.example:1", "ab".repeat(32));
  const tokens = withToken(EMPTY, pinned, given, 1);
  expect(tokenFor(tokens, pinned)).toBe("secret");
  expect(tokenFor(tokens, endpointFromUrl("wss://gw.example:1", "cd".repeat(32)))).toBeUndefined();
  expect(tokenFor(tokens, endpointFromUrl("wss://gw.example:1"))).toBeUndefined();
});

test("a file survives the round trip, and only for its own identity", () => {
  const text = formatGatewayTokens(withToken(EMPTY, HERE, given, 1));
  expect(tokenFor(parseGatewayTokens(text, "device"), HERE)).toBe("secret");
  expect(tokenFor(parseGatewayTokens(text, "another"), HERE)).toBeUndefined();
});

test("whatever else the file holds is no token and no crash", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(tokenFor(parseGatewayTokens(text, "device"), HERE)).toBeUndefined();
    }),
  );
  const proto = `{"version":1,"deviceId":"device","gateways":{"__proto__":{"token":"x","scopes":[],"updatedAtMs":1}}}`;
  expect(tokenFor(parseGatewayTokens(proto, "device"), HERE)).toBeUndefined();
});

test("the oldest go when there are too many", () => {
  let tokens = EMPTY;
  for (let port = 1; port <= OPERATOR_LIMITS.gatewayTokens + 3; port += 1)
    tokens = withToken(tokens, endpointFromUrl(`ws://127.0.0.1:${port}`), given, port);
  expect(Object.keys(tokens.gateways)).toHaveLength(OPERATOR_LIMITS.gatewayTokens);
  expect(tokenFor(tokens, endpointFromUrl("ws://127.0.0.1:3"))).toBeUndefined();
  expect(tokenFor(tokens, endpointFromUrl("ws://127.0.0.1:4"))).toBe("secret");
});

test("a token that is no good is forgotten", () => {
  expect(tokenFor(withoutToken(withToken(EMPTY, HERE, given, 1), HERE), HERE)).toBeUndefined();
});
