import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { classifyAddress } from "./address-class.ts";
import { parseIp } from "./ip-address.ts";

const classOf = (text: string): string => {
  const address = parseIp(text);
  return address === undefined ? `unreadable ${text}` : classifyAddress(address);
};

describe("classifyAddress", () => {
  it.each([
    ["public", "1.1.1.1 8.8.8.8 93.184.216.34 100.63.0.1 100.128.0.1 172.15.0.1 172.32.0.1 198.20.0.1"],
    [
      "public",
      "2606:4700::1111 2001:4860:4860::8888 2a00:1450::1 2620:fe::fe ::ffff:8.8.8.8 64:ff9b::808:808",
    ],
    ["loopback", "127.0.0.1 127.255.255.254 ::1 ::ffff:127.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 2002:7f00:1::"],
    ["loopback", "::ffff:0:127.0.0.1 2a00::5efe:7f00:1 2a00::200:5efe:127.0.0.1"],
    [
      "private",
      "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 198.18.0.1 fc00::1 fd12::1 fec0::1",
    ],
    ["private", "::ffff:10.0.0.1 64:ff9b::a00:1 64:ff9b:1::808:808 2002:c0a8:101::1"],
    ["link-local", "169.254.1.1 fe80::1 febf::1 ::ffff:169.254.9.9"],
    ["metadata", "169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 fd00:ec2::254 192.0.0.192"],
    ["metadata", "::ffff:169.254.169.254 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe::"],
    ["multicast", "224.0.0.1 239.255.255.250 ff02::1 ff0e::1"],
    ["unspecified", "0.0.0.0 0.1.2.3 :: ::ffff:0.0.0.0"],
    ["reserved", "240.0.0.1 255.255.255.255 192.0.2.1 198.51.100.1 203.0.113.7 192.0.0.8 192.88.99.1"],
    [
      "reserved",
      "2001::1 2001:db8::1 3fff::1 100::1 2002:808:808:: ::8.8.8.8 4000::1 5f00::1 ::ffff:0:8.8.8.8",
    ],
  ])("%s: %s", (wanted, texts) => {
    for (const text of texts.split(" ")) expect(`${text} ${classOf(text)}`).toBe(`${text} ${wanted}`);
  });

  it("finds a closed IPv4 address in every IPv6 spelling that carries one", () => {
    const closed = fc
      .tuple(
        fc.constantFrom("10", "127", "192.168", "169.254", "172.20", "100.64"),
        fc.infiniteStream(fc.nat(255)),
      )
      .map(([front, rest]) => [...front.split("."), ...rest.take(3)].slice(0, 4).join("."));
    const hex = (text: string): string =>
      text
        .split(".")
        .map((part) => Number(part).toString(16).padStart(2, "0"))
        .join("")
        .replace(/(.{4})/, "$1:");
    fc.assert(
      fc.property(closed, (text) => {
        const spellings = [
          `::ffff:${text}`,
          `::${text}`,
          `64:ff9b::${text}`,
          `::ffff:0:${text}`,
          `2002:${hex(text)}::1`,
        ];
        for (const spelling of spellings) expect(classOf(spelling)).toBe(classOf(text));
        expect(classOf(text)).not.toBe("public");
      }),
    );
  });

  it("calls no IPv6 address public that is not global unicast", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 128n) - 1n), (bits) => {
        const isPublic = classifyAddress({ version: 6, bits }) === "public";
        const isNat64 = bits >> 32n === 0x64_ff9b_0000_0000_0000_0000n;
        if (isPublic) expect(bits >> 125n === 1n || bits >> 32n === 0xffffn || isNat64).toBe(true);
      }),
    );
  });
});
