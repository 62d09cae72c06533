import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_GATEWAY_PORT, endpointFromParts, endpointFromUrl, type EndpointInput } from "./endpoint.ts";
import { ConnectionError } from "./errors.ts";
import { isLoopback } from "./plaintext.ts";

const OPT_IN = { OPENCLAW_ALLOW_INSECURE_PRIVATE_WS: "1" };
const PIN = "ab".repeat(32);
const CERTIFICATE_PIN = { kind: "certificate", sha256: PIN };

function codeOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof ConnectionError) return error.code;
    throw error;
  }
  return "fine";
}

function parts(input: Partial<EndpointInput>, env: Record<string, string | undefined> = {}): unknown {
  return endpointFromParts({ host: "127.0.0.1", port: 18_789, tls: false, ...input }, env);
}

/** How plain ws:// to a host is judged: without and with the owner's opt-in for names. */
function judged(host: string, env: Record<string, string | undefined> = {}): string {
  try {
    const { warning } = endpointFromParts({ host, port: 1, tls: false }, env);
    return warning === undefined ? "silent" : "warned";
  } catch (error) {
    if (error instanceof ConnectionError) return error.code;
    throw error;
  }
}

describe("plain ws://", () => {
  it.each([
    ["127.0.0.1", "silent", "silent"],
    ["127.255.0.3", "silent", "silent"],
    ["localhost", "silent", "silent"],
    ["LocalHost", "silent", "silent"],
    ["::1", "silent", "silent"],
    ["[::1]", "silent", "silent"],
    ["0:0:0:0:0:0:0:1", "silent", "silent"],
    ["::ffff:127.0.0.1", "silent", "silent"],
    // Other spellings of an IPv4 address are that address, in URLs and so for us.
    ["127.1", "silent", "silent"],
    ["0x7f000001", "silent", "silent"],
    ["10.0.0.1", "warned", "warned"],
    ["172.16.0.1", "warned", "warned"],
    ["172.31.255.255", "warned", "warned"],
    ["192.168.1.20", "warned", "warned"],
    ["169.254.1.1", "warned", "warned"],
    ["100.64.0.1", "warned", "warned"],
    ["100.127.255.255", "warned", "warned"],
    ["fd12:3456:789a::1", "warned", "warned"],
    ["FC00::1", "warned", "warned"],
    ["fe80::1", "warned", "warned"],
    ["febf::1", "warned", "warned"],
    ["::ffff:192.168.1.1", "warned", "warned"],
    ["box.tail1234.ts.net", "warned", "warned"],
    ["Box.Tail1234.TS.NET", "warned", "warned"],
    ["box.local", "insecure-endpoint", "warned"],
    ["gateway", "insecure-endpoint", "warned"],
    ["gateway.example.com", "insecure-endpoint", "warned"],
    ["localhost.example.com", "insecure-endpoint", "warned"],
    ["ts.net", "insecure-endpoint", "warned"],
    ["evil-ts.net", "insecure-endpoint", "warned"],
    ["127.0.0.1.example.com", "insecure-endpoint", "warned"],
    ["8.8.8.8", "insecure-endpoint", "insecure-endpoint"],
    ["0.0.0.0", "insecure-endpoint", "insecure-endpoint"],
    ["172.15.0.1", "insecure-endpoint", "insecure-endpoint"],
    ["172.32.0.1", "insecure-endpoint", "insecure-endpoint"],
    ["192.169.0.1", "insecure-endpoint", "insecure-endpoint"],
    ["100.63.0.1", "insecure-endpoint", "insecure-endpoint"],
    ["100.128.0.1", "insecure-endpoint", "insecure-endpoint"],
    ["2001:db8::1", "insecure-endpoint", "insecure-endpoint"],
    ["fec0::1", "insecure-endpoint", "insecure-endpoint"],
    ["fd::1", "insecure-endpoint", "insecure-endpoint"],
    ["::", "insecure-endpoint", "insecure-endpoint"],
    ["::ffff:8.8.8.8", "insecure-endpoint", "insecure-endpoint"],
    ["010.0.0.1", "insecure-endpoint", "insecure-endpoint"],
    ["0x08080808", "insecure-endpoint", "insecure-endpoint"],
  ])("to %s is %s, with the opt-in %s", (host, without, withOptIn) => {
    expect(judged(host)).toBe(without);
    expect(judged(host, OPT_IN)).toBe(withOptIn);
    // Only the exact value counts.
    expect(judged(host, { OPENCLAW_ALLOW_INSECURE_PRIVATE_WS: "true" })).toBe(without);
    expect(endpointFromParts({ host, port: 1, tls: true }).warning).toBeUndefined();
  });

  it("to a public address is never allowed, however it is spelled", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0] = address.split(".").map(Number);
        const open = a === 127 || a === 10 || (a === 192 && b === 168) || (a === 169 && b === 254);
        const shared = (a === 172 && b >= 16 && b < 32) || (a === 100 && b >= 64 && b < 128);
        const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
        const expected = open || shared ? (a === 127 ? "silent" : "warned") : "insecure-endpoint";
        expect(judged(address, OPT_IN)).toBe(expected);
        expect(judged(String(number), OPT_IN)).toBe(expected);
        expect(judged(`0x${number.toString(16)}`, OPT_IN)).toBe(expected);
        expect(judged(`::ffff:${address}`, OPT_IN)).toBe(expected);
      }),
    );
  });

  it("names the remedy when it is refused", () => {
    expect(() => parts({ host: "box.local" })).toThrow(
      "refusing plain ws:// to `box.local`; use --tls, or set OPENCLAW_ALLOW_INSECURE_PRIVATE_WS=1 if that name is on a private network",
    );
    expect(() => parts({ host: "8.8.8.8" })).toThrow(
      "refusing plain ws:// to the public address `8.8.8.8`; use --tls",
    );
  });
});

describe("an endpoint from options", () => {
  it.each([
    [{}, "ws://127.0.0.1:18789"],
    [{ tls: true, host: "Gateway.Example.COM" }, "wss://gateway.example.com:18789"],
    [{ tls: true, host: "bücher.example" }, "wss://xn--bcher-kva.example:18789"],
    [{ host: " ::1 " }, "ws://[::1]:18789"],
    [{ port: 80 }, "ws://127.0.0.1:80"],
    [{ port: 1 }, "ws://127.0.0.1:1"],
    [{ port: 65_535 }, "ws://127.0.0.1:65535"],
    [{ contextPath: "" }, "ws://127.0.0.1:18789"],
    [{ contextPath: "/" }, "ws://127.0.0.1:18789"],
    [{ contextPath: "gateway" }, "ws://127.0.0.1:18789/gateway"],
    [{ contextPath: " /a/b// " }, "ws://127.0.0.1:18789/a/b"],
    // A pin alone asks for TLS.
    [{ tlsFingerprint: PIN }, "wss://127.0.0.1:18789"],
  ])("%j is %s", (input, url) => {
    expect(parts(input)).toMatchObject({ url, secure: url.startsWith("wss:") });
  });

  it("keeps the pin in one spelling", () => {
    expect(parts({ tlsFingerprint: `SHA256:${PIN.toUpperCase()}` })).toMatchObject({
      tlsPins: [CERTIFICATE_PIN],
    });
    expect(parts({ tls: true })).not.toHaveProperty("tlsPins");
  });

  it.each([
    [
      "",
      "ws://x",
      "a b",
      "a/b",
      "a@b",
      "user:pw@host",
      "host:1",
      "a?b",
      "a#b",
      "a\\b",
      "a%62",
      "[::1",
      "[gw]",
    ],
    ["fe80::1%eth0", "::1::2", "1:2", "a\u0000b", "a\nb", "x".repeat(254), "256.0.0.1", "\u200B"],
  ])("refuses what is no host", (...hosts: string[]) => {
    for (const host of hosts)
      expect([host, codeOf(() => parts({ host, tls: true }))]).toEqual([host, "bad-endpoint"]);
  });

  it.each([0, -1, 65_536, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses the port %d", (port) => {
    expect(codeOf(() => parts({ port }))).toBe("bad-endpoint");
  });

  it.each(["/a b", "/a#b", "/a\\b", "/a\u0000", `/${"x".repeat(1024)}`])(
    "refuses the path %j",
    (contextPath) => {
      expect(codeOf(() => parts({ contextPath }))).toBe("bad-endpoint");
    },
  );

  it("refuses a pin that is none, an empty one too", () => {
    expect(codeOf(() => parts({ tlsFingerprint: "" }))).toBe("bad-fingerprint");
  });

  it("shows what was given, cut and without control characters", () => {
    const host = `\u001B[2J${"x".repeat(400)}`;
    expect(() => parts({ host })).toThrow(
      new RegExp(
        `^\` \\[2Jx{96}…\` is not a host name or an IP address; give it without scheme and path, and the port with --port$`,
        "u",
      ),
    );
  });

  it("any text as host gives a url with that host, or one of our errors", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (host) => {
        const make = (): string => {
          const endpoint = endpointFromParts({ host, port: 7, tls: true });
          const { hostname, port, pathname, username } = new URL(endpoint.url);
          const same = hostname.replaceAll(/[[\]]/gu, "") === endpoint.host;
          return [same, port, pathname, username].join(" ");
        };
        expect(["fine", "bad-endpoint"]).toContain(codeOf(make));
        if (codeOf(make) === "fine") return make() === "true 7 / ";
        return true;
      }),
    );
  });
});

describe("an endpoint from a url", () => {
  it.each([
    ["ws://127.0.0.1", `ws://127.0.0.1:${DEFAULT_GATEWAY_PORT}`],
    ["ws://127.0.0.1:80", "ws://127.0.0.1:80"],
    ["WS://127.0.0.1:80/", "ws://127.0.0.1:80"],
    ["ws://[::1]:80/x", "ws://[::1]:80/x"],
    ["ws://127.0.0.1:443", "ws://127.0.0.1:443"],
    ["wss://gw.example", "wss://gw.example:443"],
    ["wss://gw.example:443", "wss://gw.example:443"],
    ["wss://gw.example:80", "wss://gw.example:80"],
    ["wss://gw.example:18789/gateway/", "wss://gw.example:18789/gateway"],
    [" wss://gw.example:1/a/b ", "wss://gw.example:1/a/b"],
  ])("%s is %s", (text, url) => {
    expect(endpointFromUrl(text).url).toBe(url);
  });

  it.each([
    "http://127.0.0.1",
    "https://gw.example",
    "ws://",
    "gw.example",
    "127.0.0.1:1",
    "ws://host:65536",
    "ws://127.0.0.1:0",
    "ws://127.\n0.0.1",
    "",
  ])("refuses %j", (text) => {
    expect(codeOf(() => endpointFromUrl(text))).toBe("bad-endpoint");
  });

  it("refuses credentials without repeating them", () => {
    for (const text of [
      "ws://user:hunter2@127.0.0.1:1",
      "ws://hunter2@127.0.0.1:1",
      "wss://:hunter2@gw.example",
    ]) {
      expect(() => endpointFromUrl(text)).toThrow(
        "the Gateway url must not hold a user name or password; use OPENCLAW_GATEWAY_TOKEN or OPENCLAW_GATEWAY_PASSWORD",
      );
    }
  });

  it("refuses a pin for ws://, in the words of the official host", () => {
    expect(() => endpointFromUrl("ws://127.0.0.1:1", PIN)).toThrow(
      "gateway tls fingerprint requires wss:// gateway url",
    );
    expect(endpointFromUrl("wss://127.0.0.1:1", PIN).tlsPins).toEqual([CERTIFICATE_PIN]);
  });

  it("obeys the rule for plain ws://", () => {
    expect(codeOf(() => endpointFromUrl("ws://gw.example:1"))).toBe("insecure-endpoint");
    expect(endpointFromUrl("ws://gw.example:1", {}, OPT_IN).warning).toContain("gw.example");
  });
});

it("loopback is a matter of the whole host", () => {
  expect(["localhost", "127.9.9.9", "::1"].map(isLoopback)).toEqual([true, true, true]);
  expect(["127.0.0.1.nip.io", "localhost.", "1127.0.0.1", "::2", ""].map(isLoopback)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});
