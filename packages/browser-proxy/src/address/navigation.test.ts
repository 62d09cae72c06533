import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseIp } from "./ip-address.ts";
import { judgeNavigation } from "./navigation.ts";
import { hostOfAuthority } from "./page-host.ts";
import { readReachPolicy, strictReachPolicy } from "./reach-policy.ts";
import type { ReachConfig } from "./reach-policy.ts";
import { judgeAddresses } from "./reach.ts";

const judged = (url: string, config: ReachConfig = {}): string => {
  const verdict = judgeNavigation(url, readReachPolicy(config));
  return verdict.ok ? "ok" : verdict.reason;
};

describe("judgeNavigation", () => {
  it("opens web pages and about:blank", () => {
    for (const url of [
      "https://example.com/a?b#c",
      "http://example.com:8080/",
      " HTTP://Example.com ",
      "about:blank",
    ])
      expect(judged(url), url).toBe("ok");
    for (const url of [
      "https://8.8.8.8/",
      "https://[2606:4700::1111]/",
      "https://a_b.example.com/",
      "https://bücher.example/",
    ])
      expect(judged(url), url).toBe("ok");
  });

  it.each([
    "file:///etc/hostname",
    "view-source:http://a/",
    "chrome://settings",
    "devtools://devtools/bundled/x.html",
    "chrome-extension://abc/x.html",
    "javascript:alert(1)",
    "data:text/html,x",
    "blob:https://a/1",
    "ftp://a/",
    "ws://a/",
    "about:srcdoc",
    "about:blank#x",
    "about:blank?x",
    "filesystem:http://a/",
    "JaVaScRiPt:1",
    "java\nscript:1",
  ])("opens no %s", (url) => {
    expect(judged(url)).toBe("unsupported-scheme");
  });

  it.each([
    "",
    "example.com",
    "//a",
    "http://",
    "http://a:99999/",
    "http://a b/",
    "http://[::1",
    "http://a:0/",
    "http://1.2.3.4.5/",
    "http://a../",
    `http://a/${"x".repeat(70_000)}`,
  ])("reads nothing into %.40s", (url) => {
    expect(judged(url)).toBe("bad-url");
  });

  it.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0x7f.1/",
    "http://127.0.0.1./",
    "http://%31%32%37.0.0.1/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[0:0:0:0:0:ffff:7f00:1]/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "https://user:pw@127.0.0.1:443/",
    "http:127.0.0.1",
    "http:\\\\127.0.0.1\\",
  ])("sees loopback in %s", (url) => {
    expect(judged(url)).toBe("loopback");
  });

  it("sees the other closed networks", () => {
    expect(judged("http://169.254.169.254/latest/")).toBe("metadata");
    expect(judged("http://0xa9fea9fe/")).toBe("metadata");
    expect(judged("http://[fd00:ec2::254]/")).toBe("metadata");
    expect(judged("http://10.1/")).toBe("private");
    expect(judged("http://[fe80::1]/")).toBe("link-local");
    expect(judged("http://0/")).toBe("unspecified");
    expect(judged("http://224.0.0.1/")).toBe("multicast");
    expect(judged("http://255.255.255.255/")).toBe("reserved");
    expect(judged("http://example.com:22/")).toBe("bad-port");
  });

  it("tells agents what they know", () => {
    expect(judgeNavigation("file:///etc/hostname", strictReachPolicy)).toMatchObject({
      routeError: 'Navigation blocked: unsupported protocol "file:"',
    });
    expect(judgeNavigation("http://127.0.0.1:8080/", strictReachPolicy)).toMatchObject({
      routeError: "browser navigation blocked by policy",
      sentence:
        "`127.0.0.1` is refused: this host is the node itself; the owner can open it in browser.ssrfPolicy.allowedHostnames",
    });
  });

  it("passes no spelling of a closed address that any URL gives", () => {
    const spelled = fc
      .tuple(fc.constantFrom(0x7f00_0001, 0x0a00_0001, 0xa9fe_a9fe, 0xc0a8_0101), fc.nat(5), fc.boolean())
      .map(([bits, form, dot]) => {
        const parts = [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255);
        const spellings = [
          parts.map((part) => `0x${part.toString(16)}`),
          parts.map((part) => `0${part.toString(8)}`),
          [String(bits >>> 0)],
          [String(parts[0]), String(bits & 0xff_ffff)],
          [`0x${(bits >>> 24).toString(16)}`, String(parts[1]), `0${(bits & 0xffff).toString(8)}`],
          parts.map((part) =>
            Array.from(String(part))
              .map((digit) => encodeURIComponent(String.fromCodePoint(0xff10 + Number(digit))))
              .join(""),
          ),
        ];
        return `http://${(spellings[form] ?? []).join(".")}${dot ? "." : ""}/`;
      });
    fc.assert(
      fc.property(spelled, (url) => {
        expect(["loopback", "private", "metadata"]).toContain(judged(url));
      }),
    );
  });

  it("never throws, and never opens another scheme", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc
            .tuple(fc.constantFrom("file:", "data:", "http://", "blob:http://"), fc.string())
            .map((parts) => parts.join("")),
        ),
        (url) => {
          const verdict = judgeNavigation(url, strictReachPolicy);
          if (verdict.ok) expect(verdict.url).toMatch(/^(?:https?:\/\/|about:blank$)/);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("the owner's lists", () => {
  const reached = (url: string, addresses: readonly string[], config: ReachConfig): string => {
    const policy = readReachPolicy(config);
    const verdict = judgeNavigation(url, policy);
    if (!verdict.ok) return verdict.reason;
    if (verdict.target === undefined) return "no target";
    const found = addresses.flatMap((text) => parseIp(text) ?? []);
    const last = judgeAddresses(verdict.target, found, policy);
    return last.ok ? "ok" : last.reason;
  };

  it("open exactly what they name", () => {
    const config = { allowedHostnames: ["wiki.corp", "127.0.0.1:8080", "10.0.0.0/8", "*.lab:81"] };
    expect(reached("http://wiki.corp/", ["192.168.1.1"], config)).toBe("ok");
    expect(reached("http://wiki.corp/", ["169.254.169.254"], config)).toBe("metadata");
    expect(reached("http://other.corp/", ["192.168.1.1"], config)).toBe("private");
    expect(reached("http://other.corp/", ["10.1.1.1"], config)).toBe("ok");
    expect(reached("http://other.corp/", ["10.1.1.1", "192.168.1.1"], config)).toBe("private");
    expect(reached("http://127.0.0.1:8080/", ["127.0.0.1"], config)).toBe("ok");
    expect(reached("http://127.0.0.1:8081/", [], config)).toBe("loopback");
    expect(reached("http://localhost:8080/", ["127.0.0.1"], config)).toBe("ok");
    expect(reached("http://localhost:8080/", ["127.0.0.1", "::1"], config)).toBe("loopback");
    expect(reached("http://a.lab:81/", ["172.16.0.1"], config)).toBe("ok");
    expect(reached("http://a.lab:82/", ["172.16.0.1"], config)).toBe("private");
    expect(reached("http://wiki.corp/", ["0.0.0.0"], config)).toBe("unspecified");
    expect(reached("http://wiki.corp/", [], config)).toBe("no-address");
  });

  it("open a metadata service by its exact address only", () => {
    const url = "http://169.254.169.254/";
    expect(judged(url, { dangerouslyAllowPrivateNetwork: true })).toBe("metadata");
    expect(judged(url, { allowedHostnames: ["169.254.0.0/16", "0.0.0.0/0"] })).toBe("metadata");
    expect(judged(url, { allowedHostnames: ["169.254.169.254"] })).toBe("ok");
  });

  it("can open all private networks, and set limits beside that", () => {
    const open = { dangerouslyAllowPrivateNetwork: true };
    expect(judged("http://127.0.0.1/", open)).toBe("ok");
    expect(reached("http://localhost/", ["::1"], open)).toBe("ok");
    expect(judged("http://0.0.0.0/", open)).toBe("unspecified");
    expect(judged("http://127.0.0.1/", { ...open, blockedHostnames: ["127.0.0.0/8"] })).toBe("host-blocked");
    expect(reached("http://x.example/", ["127.0.0.1"], { ...open, blockedHostnames: ["127.0.0.0/8"] })).toBe(
      "host-blocked",
    );
    expect(judged("http://127.0.0.1/", { dangerouslyAllowPrivateNetwork: "true" as never })).toBe("loopback");
  });

  it("can name the only hosts, which opens no closed network by itself", () => {
    const config = { hostnameAllowlist: ["*.example.com", "10.0.0.0/8"] };
    expect(judged("https://a.example.com/", config)).toBe("ok");
    expect(reached("https://a.example.com/", ["127.0.0.1"], config)).toBe("loopback");
    expect(judged("https://8.8.8.8/", config)).toBe("host-not-listed");
    expect(reached("https://example.org/", ["8.8.8.8"], config)).toBe("host-not-listed");
    expect(judged("https://example.org/", { hostnameAllowlist: ["a.example.com"] })).toBe("host-not-listed");
    expect(judged("https://a.example.com/", { hostnameAllowlist: ["https://a.example.com"] })).toBe(
      "host-not-listed",
    );
  });

  it("open a port that is never a web page by naming it", () => {
    expect(judged("http://example.com:6000/", { allowedHostnames: ["example.com"] })).toBe("bad-port");
    expect(judged("http://example.com:6000/", { allowedHostnames: ["example.com:6000"] })).toBe("ok");
  });

  it("are the strictest when they cannot be read, and say where", () => {
    expect(judged("https://example.com/", { blockedHostnames: ["http://x"] })).toBe("bad-policy");
    const policy = readReachPolicy({ allowedHostnames: ["ok.example", "http://x"] });
    expect(policy.problems).toEqual([
      expect.stringMatching(/^browser\.ssrfPolicy\.allowedHostnames\[1\] is no host; write/),
    ]);
    expect(readReachPolicy({ blockedHostnames: Array.from({ length: 1_001 }, () => "a") }).isBroken).toBe(
      true,
    );
  });
});

describe("hostOfAuthority", () => {
  it("reads the canonical spelling only", () => {
    expect(hostOfAuthority("example.com:443")).toEqual({
      host: "example.com",
      port: 443,
      address: undefined,
    });
    expect(hostOfAuthority("EXAMPLE.com.:443")?.host).toBe("example.com");
    expect(hostOfAuthority("[::1]:80")?.address).toEqual({ version: 6, bits: 1n });
    for (const text of [
      "example.com",
      "example.com:",
      "a:0",
      "a:65536",
      "a:080",
      "127.1:80",
      "0x7f.0.0.1:80",
      "[::0001]:80",
      "[fe80::1%25eth0]:80",
      "::1:80",
      "u@a:80",
      "a:80/",
      "a b:80",
      "１27.0.0.1:80",
      "bücher.example:443",
      "%61:80",
      "",
    ])
      expect(hostOfAuthority(text), text).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void hostOfAuthority(`${text}:443`)));
  });
});
