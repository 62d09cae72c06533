import { networkInterfaces } from "node:os";

import { plainAddress } from "./address-class.ts";
import { isWithin, parseIp } from "./ip-address.ts";
import type { IpAddress } from "./ip-address.ts";

/** The addresses of this machine's interfaces, which may be public ones; undefined when they cannot be known. */
export type OwnAddresses = () => readonly string[] | undefined;

export const systemOwnAddresses: OwnAddresses = () => {
  try {
    return Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  } catch {
    return undefined;
  }
};

/** Asked anew each time: interfaces come and go. What cannot be known counts as ours. */
export function isOwnAddress(address: IpAddress, own: OwnAddresses = systemOwnAddresses): boolean {
  const plain = plainAddress(address);
  // NAT64 carries IPv4 in its last bits.
  const isCarrier = plain.version === 6 && plain.bits >> 32n === 0x64ff9bn << 64n;
  const inside: IpAddress = isCarrier ? { version: 4, bits: plain.bits & 0xffff_ffffn } : plain;
  const known = own()?.map((text) => parseIp(text.replace(/%.*/, "")));
  return (
    known?.some((ours) => ours !== undefined && isWithin(inside, ours, ours.version === 4 ? 32 : 128)) ?? true
  );
}
