import { isWithin, parseIp } from "./ip-address.ts";
import type { IpAddress } from "./ip-address.ts";

/**
 * What an address leads to. Everything but `public` is closed until the owner opens it; `multicast`, `unspecified` and
 * `reserved` are never a page.
 */
export type AddressClass =
  | "public"
  | "loopback"
  | "private"
  | "link-local"
  | "metadata"
  | "multicast"
  | "unspecified"
  | "reserved";

/** Where clouds hand credentials to whoever asks from inside the machine. One of them is a public address. */
const metadataServices = [
  "169.254.169.254",
  "169.254.169.253",
  "169.254.169.123",
  "169.254.170.2",
  "169.254.170.23",
  "169.254.42.42",
  "169.254.0.23",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
  "fd00:42::42",
].map(known);

/** Special purposes as the registries of the Internet list them; the narrower range stands first. */
const ranges: readonly (readonly [range: string, to: AddressClass])[] = [
  ["0.0.0.0/8", "unspecified"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "private"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local"],
  ["172.16.0.0/12", "private"],
  ["192.0.0.0/24", "reserved"],
  ["192.0.2.0/24", "reserved"],
  ["192.88.99.0/24", "reserved"],
  ["192.168.0.0/16", "private"],
  ["198.18.0.0/15", "private"],
  ["198.51.100.0/24", "reserved"],
  ["203.0.113.0/24", "reserved"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved"],
  ["::/128", "unspecified"],
  ["::1/128", "loopback"],
  ["64:ff9b:1::/48", "private"],
  // Protocol assignments, Teredo among them, and the ranges for documents.
  ["2001::/23", "reserved"],
  ["2001:db8::/32", "reserved"],
  ["3fff::/20", "reserved"],
  ["fc00::/7", "private"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "private"],
  ["ff00::/8", "multicast"],
];
const parsedRanges = ranges.map(([range, to]) => ({ ...knownRange(range), to }));

/**
 * IPv6 ranges that carry an IPv4 address: how far from the right it lies, and whether a public one inside is a way to the
 * web. Only NAT64 is: networks without IPv4 reach every older site through it.
 */
const carriers = [
  { ...knownRange("::ffff:0:0/96"), shift: 0n, usable: true },
  { ...knownRange("64:ff9b::/96"), shift: 0n, usable: true },
  { ...knownRange("::ffff:0:0:0/96"), shift: 0n, usable: false },
  { ...knownRange("::/96"), shift: 0n, usable: false },
  { ...knownRange("2002::/16"), shift: 80n, usable: false },
];

export function classifyAddress(address: IpAddress): AddressClass {
  const plain = plainAddress(address);
  if (metadataServices.some((service) => isWithin(plain, service, plain.version === 4 ? 32 : 128)))
    return "metadata";
  const range = parsedRanges.find(({ base, prefix }) => isWithin(plain, base, prefix));
  if (range !== undefined) return range.to;
  if (plain.version === 4) return "public";
  const carrier = carriers.find(({ base, prefix }) => isWithin(plain, base, prefix));
  if (carrier !== undefined) {
    const inside = classifyAddress({ version: 4, bits: (plain.bits >> carrier.shift) & 0xffff_ffffn });
    return inside === "public" && !carrier.usable ? "reserved" : inside;
  }
  if (plain.bits >> 125n !== 1n) return "reserved";
  return isatapClass(plain) ?? "public";
}

/** An IPv4 address in its IPv6 spelling is that IPv4 address: the system dials it so. */
export function plainAddress(address: IpAddress): IpAddress {
  const isMapped = address.version === 6 && address.bits >> 32n === 0xffffn;
  return isMapped ? { version: 4, bits: address.bits & 0xffff_ffffn } : address;
}

/** Interface identifiers that tunnel to an IPv4 address. A public one inside is no reason to refuse. */
function isatapClass({ bits }: IpAddress): AddressClass | undefined {
  const marker = (bits >> 32n) & 0xffff_ffffn;
  if ((marker | 0x0200_0000n) !== 0x0200_5efen) return undefined;
  return classifyAddress({ version: 4, bits: bits & 0xffff_ffffn });
}

function known(text: string): IpAddress {
  const address = parseIp(text);
  if (address === undefined) throw new TypeError(`not an address: ${text}`);
  return address;
}

function knownRange(text: string): { readonly base: IpAddress; readonly prefix: number } {
  const [base = "", prefix = ""] = text.split("/");
  return { base: known(base), prefix: Number(prefix) };
}
