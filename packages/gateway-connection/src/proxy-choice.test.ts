import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectionError } from "./errors.ts";
import { proxyFor } from "./proxy-choice.ts";

const WSS = { host: "gw.example", port: 443, secure: true };
const WS = { host: "10.0.0.5", port: 18_789, secure: false };
const host = (to: typeof WSS, env: Readonly<Record<string, string>>): string | undefined =>
  proxyFor(to, env)?.host;

describe("the proxy for a Gateway", () => {
  it.each([
    ["https_proxy is for wss", WSS, { https_proxy: "a", http_proxy: "b", all_proxy: "c" }, "a"],
    ["http_proxy is for ws", WS, { https_proxy: "a", http_proxy: "b", all_proxy: "c" }, "b"],
    ["the other one is not", WSS, { http_proxy: "b" }, undefined],
    ["all_proxy is for both", WSS, { all_proxy: "c" }, "c"],
    ["upper case counts", WS, { ALL_PROXY: "c", HTTP_PROXY: "b" }, "b"],
    ["lower case counts more", WSS, { HTTPS_PROXY: "b", https_proxy: "a" }, "a"],
    ["blank is absent", WSS, { https_proxy: " ", HTTPS_PROXY: "b", no_proxy: "", NO_PROXY: "x" }, "b"],
    ["nothing is nothing", WSS, {}, undefined],
  ])("%s", (_what, to, env, expected) => {
    expect(host(to, env as Record<string, string>)).toBe(expected);
  });

  it.each([
    ["proxy", "http", "proxy", 80],
    ["proxy:3128", "http", "proxy", 3128],
    ["http://proxy/", "http", "proxy", 80],
    ["https://proxy", "https", "proxy", 443],
    ["https://proxy:80", "https", "proxy", 80],
    ["HTTPS://Proxy:443", "https", "proxy", 443],
    ["socks5://[fd00::1]:1081", "socks5", "fd00::1", 1081],
    ["socks5h://proxy", "socks5h", "proxy", 1080],
    ["socks5://proxy:80/", "socks5", "proxy", 80],
  ])("%s", (text, kind, name, port) => {
    expect(proxyFor(WSS, { https_proxy: text })).toMatchObject({ kind, host: name, port });
  });

  it.each([
    "ftp://ann:hush@proxy",
    "socks4://hush@proxy",
    "http://",
    "http://ann:hush@",
    "http://ann:hush@proxy:99999",
    "http://ann:hush@proxy:0",
    "http://ann:hush@proxy/path",
    "http://ann:hush@proxy?x",
    "http://ann:hush%@proxy",
    "http://ann:hush%0d%0aX@proxy",
    "http://a%3Ann:hush@proxy",
    `http://ann:hush${"x".repeat(300)}@proxy`,
    "http://ann:hush@pro xy",
    "http://ann:hush@proxy\\evil",
  ])("%j is refused without showing it", (text) => {
    const refused = (): unknown => proxyFor(WSS, { HTTPS_PROXY: text });
    expect(refused).toThrow(expect.objectContaining({ code: "bad-proxy" }));
    expect(refused).toThrow(/^the proxy in HTTPS_PROXY (?!.*hush)/u);
  });

  it("any text is a proxy without its password in what is shown, or one of our errors", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
        try {
          const proxy = proxyFor(WSS, { https_proxy: text });
          if (proxy !== undefined) expect(proxy.shown).not.toContain("@");
        } catch (error) {
          expect(error).toBeInstanceOf(ConnectionError);
        }
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (password) => {
        fc.pre(!/\p{Cc}/u.test(password));
        const address = `http://ann:${encodeURIComponent(password)}@proxy:1`;
        expect(proxyFor(WSS, { https_proxy: address })).toMatchObject({
          shown: "http://proxy:1 (https_proxy)",
          credentials: { user: "ann", password },
        });
      }),
    );
  });
});

describe("NO_PROXY", () => {
  const direct = (to: { readonly host: string; readonly port: number }, list: string): boolean =>
    proxyFor({ ...to, secure: true }, { https_proxy: "proxy", no_proxy: list }) === undefined;

  it.each([
    ["*", "gw.example", true],
    ["other, gw.example", "gw.example", true],
    ["other gw.example", "gw.example", true],
    ["GW.Example.", "gw.example", true],
    ["example", "gw.example", true],
    [".example", "gw.example", true],
    ["*.example", "gw.example", true],
    [".gw.example", "gw.example", true],
    ["xample", "gw.example", false],
    ["gw", "gw.example", false],
    ["*gw.example", "gw.example", false],
    [".", "gw.example", false],
    ["gw.example:443", "gw.example", true],
    ["gw.example:444", "gw.example", false],
    ["*.example:443", "gw.example", true],
    ["10.0.0.5", "10.0.0.5", true],
    ["10.0.0.5:443", "10.0.0.5", true],
    ["10.0.0.50", "10.0.0.5", false],
    [".5", "10.0.0.5", false],
    ["10.0.0.0/8", "10.0.0.5", true],
    ["10.0.0.0/31", "10.0.0.5", false],
    ["10.0.0.0/33", "10.0.0.5", false],
    ["0.0.0.0/0", "gw.example", false],
    ["fd00::/8", "fd00::7", true],
    ["[fd00::7]", "fd00::7", true],
    ["[fd00::7]:443", "fd00::7", true],
    ["[fd00::7]:444", "fd00::7", false],
    ["fd00:0:0::7", "fd00::7", true],
    ["fd00::/8", "10.0.0.5", false],
    ["", "gw.example", false],
  ])("%j keeps %s away from the proxy: %s", (list, name, expected) => {
    expect(direct({ host: name, port: 443 }, list)).toBe(expected);
  });

  it("loopback never goes through a proxy", () => {
    for (const name of ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
      expect(proxyFor({ host: name, port: 1, secure: true }, { all_proxy: "proxy" })).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (list) => {
        direct({ host: "gw.example", port: 443 }, list);
        direct({ host: "10.0.0.5", port: 443 }, list);
      }),
    );
  });
});
