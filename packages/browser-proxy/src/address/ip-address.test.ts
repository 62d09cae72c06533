import { isIP } from "node:net";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatIp, isWithin, parseIp } from "./ip-address.ts";

describe("parseIp", () => {
  it("knows the canonical spellings", () => {
    expect(parseIp("127.0.0.1")).toEqual({ version: 4, bits: 0x7f00_0001n });
    expect(parseIp("::1")).toEqual({ version: 6, bits: 1n });
    expect(parseIp("::ffff:1.2.3.4")).toEqual({ version: 6, bits: 0xffff_0102_0304n });
    expect(parseIp("1:2:3:4:5:6:7::")?.bits).toBe(0x0001_0002_0003_0004_0005_0006_0007_0000n);
  });

  it.each([
    "",
    "1",
    "127.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "127.0.0.1.",
    "256.0.0.1",
    "1.2.3.4.5",
    " 127.0.0.1",
    "::1%lo",
    "[::1]",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7:8::",
    "1:2:3:4:5:6:7",
    "12345::",
    "::1.2.3",
    "1.2.3.4::",
    "::g",
    "1:2:3:4:5:6:7:1.2.3.4",
    "１27.0.0.1",
    "127。0。0。1",
    "::1\n",
  ])("refuses %j", (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  it("agrees with the system about what an address is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), almostAddress()), (text) => {
        expect(parseIp(text)?.version ?? 0).toBe(isIP(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads what it writes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = parseIp(text);
        expect(address && parseIp(formatIp(address))).toEqual(address);
      }),
    );
  });

  it("spells IPv6 as URLs do", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const inUrl = new URL(`http://[${text}]/`).hostname.slice(1, -1);
        expect(parseIp(inUrl)).toEqual(parseIp(text));
      }),
    );
  });
});

describe("isWithin", () => {
  it("compares the first bits and the version", () => {
    const at = (text: string) => parseIp(text) ?? { version: 4 as const, bits: 0n };
    expect(isWithin(at("10.255.0.1"), at("10.0.0.0"), 8)).toBe(true);
    expect(isWithin(at("11.0.0.0"), at("10.0.0.0"), 8)).toBe(false);
    expect(isWithin(at("::1"), at("0.0.0.1"), 0)).toBe(false);
    expect(isWithin(at("8.8.8.8"), at("0.0.0.0"), 0)).toBe(true);
  });
});

function almostAddress(): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom("0", "1", "9", "25", "a", "f", ":", ".", "::", "::", "1.2.3.4"), { maxLength: 16 })
    .map((a) => a.join(""));
}
