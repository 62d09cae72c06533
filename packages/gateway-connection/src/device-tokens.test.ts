import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatDeviceTokens,
  parseDeviceTokens,
  withDeviceToken,
  withoutDeviceToken,
} from "./device-tokens.ts";

const ID = "ab".repeat(32);
const NONE = { deviceId: ID, tokens: {} };
const entry = { token: "t-1", role: "node", scopes: ["a"], updatedAtMs: 5 };

describe("device tokens", () => {
  it("are read as the official file holds them", () => {
    const text = JSON.stringify({
      version: 1,
      deviceId: ID,
      tokens: { node: entry, operator: { ...entry, token: "t-2" } },
    });
    expect(parseDeviceTokens(text, ID).tokens).toEqual({
      node: entry,
      operator: { ...entry, role: "operator", token: "t-2" },
    });
  });

  it.each([
    ["no file", undefined],
    ["no JSON", "{"],
    ["a list", "[]"],
    ["another version", JSON.stringify({ version: 2, deviceId: ID, tokens: { node: entry } })],
    ["another device", JSON.stringify({ version: 1, deviceId: "cd".repeat(32), tokens: { node: entry } })],
    ["no tokens", JSON.stringify({ version: 1, deviceId: ID })],
    ["tokens as a list", JSON.stringify({ version: 1, deviceId: ID, tokens: [entry] })],
    [
      "an empty token",
      JSON.stringify({ version: 1, deviceId: ID, tokens: { node: { ...entry, token: "" } } }),
    ],
    [
      "a token that is no text",
      JSON.stringify({ version: 1, deviceId: ID, tokens: { node: { ...entry, token: 1 } } }),
    ],
  ])("%s is no token", (_name, text) => {
    expect(parseDeviceTokens(text, ID)).toEqual(NONE);
  });

  it("with broken side notes still count", () => {
    const text = JSON.stringify({
      version: 1,
      deviceId: ID,
      tokens: { node: { token: "t", scopes: [1, "s"], updatedAtMs: "x" } },
    });
    expect(parseDeviceTokens(text, ID).tokens["node"]).toEqual({
      token: "t",
      role: "node",
      scopes: ["s"],
      updatedAtMs: 0,
    });
  });

  it("of a role with a special name do not touch the other lookups", () => {
    const text = `{"version":1,"deviceId":"${ID}","tokens":{"__proto__":{"token":"t","node":{"token":"x"}}}}`;
    const { tokens } = parseDeviceTokens(text, ID);
    expect(Object.getPrototypeOf(tokens)).toBe(Object.prototype);
    expect(Object.keys(tokens)).toEqual(["__proto__"]);
    expect(
      Object.getPrototypeOf(withDeviceToken(parseDeviceTokens(text, ID), "node", "t", [], 0).tokens),
    ).toBe(Object.prototype);
  });

  it("any text is read without an exception", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseDeviceTokens(text, ID)).toEqual(NONE);
      }),
    );
  });

  it("are changed by copies, and written so that they are read back", () => {
    const one = withDeviceToken(NONE, "node", "t-1", ["a"], 5);
    const two = withDeviceToken(one, "operator", "t-2", [], 6);
    expect(NONE.tokens).toEqual({});
    expect(parseDeviceTokens(formatDeviceTokens(two), ID)).toEqual(two);
    expect(withoutDeviceToken(two, "operator")).toEqual(one);
    expect(withoutDeviceToken(one, "operator")).toEqual(one);
  });

  it("that come again unchanged keep what is stored with them", () => {
    const one = withDeviceToken(NONE, "node", "t-1", ["a", "b"], 5);
    expect(withDeviceToken(one, "node", "t-1", [], 9)).toBe(one);
    expect(withDeviceToken(one, "node", "t-2", [], 9).tokens["node"]).toEqual({
      token: "t-2",
      role: "node",
      scopes: [],
      updatedAtMs: 9,
    });
  });
});
