import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { matchesHostRule, parseHostRule } from "./host-rule.ts";
import { parseIp } from "./ip-address.ts";
import { hostOfUrl } from "./page-host.ts";
import type { PageHost } from "./page-host.ts";

const target = (url: string): PageHost => {
  const host = hostOfUrl(new URL(url));
  if (host === undefined) throw new Error(url);
  return host;
};
const matches = (entry: string, url: string, address?: string): boolean => {
  const rule = parseHostRule(entry);
  return (
    rule !== undefined &&
    matchesHostRule(rule, target(url), address === undefined ? undefined : parseIp(address))
  );
};

describe("parseHostRule", () => {
  it.each([
    ["wiki.corp", { kind: "name", name: "wiki.corp", port: undefined }],
    [" WIKI.corp.:8080 ", { kind: "name", name: "wiki.corp", port: 8080 }],
    ["*.corp", { kind: "subdomains", suffix: "corp", port: undefined }],
    ["bücher.example", { kind: "name", name: "xn--bcher-kva.example", port: undefined }],
  ])("reads %j", (entry, rule) => {
    expect(parseHostRule(entry)).toEqual(rule);
  });

  it.each([
    "",
    "*",
    "*.",
    "*.*.x",
    "a*",
    "a b",
    "http://a",
    "a/b",
    "a:0",
    "a:65536",
    "a:b",
    "a:1:2",
    "10.0.0.0/33",
    "10.0.0.0/8/8",
    "10.0.0/8",
    "fd00::/129",
    "[10.0.0.1]",
    "[::1",
    "::1]",
    "*.10.0.0.1",
    "a%2e",
    ".a",
    "a?b",
    "user@a",
    "::ffff:10.0.0.0/64",
    "0.0.0.0/-1",
    "10.0.0.0/",
    "x".repeat(301),
  ])("refuses %j", (entry) => {
    expect(parseHostRule(entry)).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f:.*/[\]]{0,30}$/)), (text) => {
        parseHostRule(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("matchesHostRule", () => {
  it("compares whole names", () => {
    expect(matches("wiki.corp", "http://WIKI.corp./")).toBe(true);
    expect(matches("wiki.corp", "http://wiki.corp:8080/")).toBe(true);
    expect(matches("wiki.corp", "http://a.wiki.corp/")).toBe(false);
    expect(matches("wiki.corp", "http://xwiki.corp/")).toBe(false);
    expect(matches("wiki.corp:80", "http://wiki.corp/")).toBe(true);
    expect(matches("wiki.corp:80", "https://wiki.corp/")).toBe(false);
  });

  it("takes a wildcard for the names below, at any depth", () => {
    expect(matches("*.corp", "http://a.b.corp/")).toBe(true);
    expect(matches("*.corp", "http://corp/")).toBe(false);
    expect(matches("*.corp", "http://evilcorp/")).toBe(false);
    expect(matches("*.corp:81", "http://a.corp:80/")).toBe(false);
  });

  it("matches addresses in all spellings, and what a name leads to", () => {
    expect(matches("127.0.0.1:8080", "http://2130706433:8080/")).toBe(true);
    expect(matches("127.0.0.1:8080", "http://[::ffff:127.0.0.1]:8080/")).toBe(true);
    expect(matches("[::ffff:127.0.0.1]:8080", "http://127.0.0.1:8080/")).toBe(true);
    expect(matches("::ffff:10.0.0.0/104", "http://10.9.9.9/")).toBe(true);
    expect(matches("10.0.0.0/8:81", "http://10.1.1.1:81/")).toBe(true);
    expect(matches("10.0.0.0/8", "http://intranet/", "10.2.2.2")).toBe(true);
    expect(matches("10.0.0.0/8", "http://intranet/", "11.2.2.2")).toBe(false);
    expect(matches("10.0.0.0/8", "http://intranet/")).toBe(false);
    expect(matches("[fd00::/8]:443", "https://[fd12::1]/")).toBe(true);
    expect(matches("fd00::/8", "https://[fe80::1]/")).toBe(false);
  });
});
