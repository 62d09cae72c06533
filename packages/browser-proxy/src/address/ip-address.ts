/** An address as a number, so that two spellings of one address cannot be told apart. */
export interface IpAddress {
  readonly version: 4 | 6;
  /** 32 or 128 bits. */
  readonly bits: bigint;
}

/**
 * The canonical spellings only: four decimal parts without leading zeros, or IPv6 without brackets and zone. Odd
 * spellings of IPv4 never get here, because a page's host has passed the URL parser before.
 */
export function parseIp(text: string): IpAddress | undefined {
  const bits = text.includes(":") ? ipv6Bits(text) : ipv4Bits(text);
  return bits === undefined ? undefined : { version: text.includes(":") ? 6 : 4, bits };
}

/** The spelling that is dialed: it comes from the judged number, never from the text that it was read from. */
export function formatIp(address: IpAddress): string {
  const [count, width] = address.version === 4 ? [4, 8n] : [8, 16n];
  const parts = Array.from({ length: count }, (_, index) => {
    const part = (address.bits >> (BigInt(count - 1 - index) * width)) & ((1n << width) - 1n);
    return part.toString(address.version === 4 ? 10 : 16);
  });
  return parts.join(address.version === 4 ? "." : ":");
}

/** Whether the first `prefix` bits are those of `base`. */
export function isWithin(address: IpAddress, base: IpAddress, prefix: number): boolean {
  if (address.version !== base.version) return false;
  const rest = BigInt((address.version === 4 ? 32 : 128) - prefix);
  return address.bits >> rest === base.bits >> rest;
}

function ipv4Bits(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
}

function ipv6Bits(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2 || text.length > 45) return undefined;
  const [front, back] = halves.map((half, index) => groups(half, index === halves.length - 1));
  if (front === undefined || (halves.length === 2 && back === undefined)) return undefined;
  const missing = 8 - front.length - (back?.length ?? 0);
  // A double colon stands for one group at least.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...front, ...Array.from({ length: missing }, () => 0n), ...(back ?? [])];
  return all.reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** The 16-bit groups of one side of the double colon; only the last group of all may be spelled as IPv4. */
function groups(text: string, isLast: boolean): readonly bigint[] | undefined {
  if (text === "") return [];
  const found: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      found.push(BigInt(`0x${part}`));
      continue;
    }
    const tail = isLast && index === parts.length - 1 ? ipv4Bits(part) : undefined;
    if (tail === undefined) return undefined;
    found.push(tail >> 16n, tail & 0xffffn);
  }
  return found;
}
