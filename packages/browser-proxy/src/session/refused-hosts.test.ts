import { describe, expect, it } from "vitest";

import { RefusedHosts } from "./refused-hosts.ts";

const decided = { kind: "decided", serial: 1, form: "http" } as const;

describe("RefusedHosts", () => {
  it("explains an address by what was refused after the mark", () => {
    const refused = new RefusedHosts();
    refused.note({ ...decided, target: "a.example:80", allowed: false, reason: "private" });
    const mark = refused.mark;
    expect(refused.reasonFor("http://a.example/x", 0)).toBe("private");
    expect(refused.reasonFor("http://a.example/x", mark)).toBeUndefined();
    expect(refused.reasonFor("http://a.example:81/", 0)).toBeUndefined();
    refused.note({ ...decided, target: "[::1]:443", allowed: false, reason: "loopback" });
    expect(refused.reasonFor("https://[::1]/", mark)).toBe("loopback");
    expect(refused.reasonFor("no address", 0)).toBeUndefined();
  });

  it("knows connections that failed, and none that came about", () => {
    const refused = new RefusedHosts();
    refused.note({ ...decided, target: "b.example:443", allowed: true, reason: undefined });
    expect(refused.reasonFor("https://b.example/", 0)).toBeUndefined();
    refused.note({
      kind: "ended",
      serial: 1,
      target: "b.example:443",
      bytesUp: 0,
      bytesDown: 0,
      reason: "connect-failed",
    });
    expect(refused.reasonFor("https://b.example/", 0)).toBe("connect-failed");
  });

  it("forgets the oldest of many", () => {
    const refused = new RefusedHosts();
    for (let host = 0; host < 300; host += 1)
      refused.note({ ...decided, target: `h${String(host)}.example:80`, allowed: false, reason: "private" });
    expect(refused.reasonFor("http://h0.example/", 0)).toBeUndefined();
    expect(refused.reasonFor("http://h299.example/", 0)).toBe("private");
  });
});
