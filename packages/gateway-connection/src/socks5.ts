import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { BoundedReader } from "./bounded-reader.ts";
import type { OpenPlace } from "./open-error.ts";
import type { ProxyAddress } from "./proxy-choice.ts";

/** What a proxy said, as the end of a sentence about it. */
export class ProxyRefusal extends Error {}

/** SOCKS version 5 (RFC 1928), with user name and password (RFC 1929) where the proxy's address has them. */
export async function askSocks(
  stream: Duplex,
  reader: BoundedReader,
  to: OpenPlace,
  proxy: ProxyAddress,
): Promise<void> {
  const { credentials } = proxy;
  stream.write(Buffer.from(credentials === undefined ? [5, 1, 0] : [5, 2, 0, 2]));
  const [version, method] = await reader.exactly(2);
  if (version !== 5) throw new ProxyRefusal("does not speak SOCKS version 5");
  if (method === 2 && credentials !== undefined) {
    stream.write(Buffer.concat([Buffer.of(1), counted(credentials.user), counted(credentials.password)]));
    const [, status] = await reader.exactly(2);
    if (status !== 0) throw new ProxyRefusal("does not accept the user name and password of its address");
  } else if (method !== 0) {
    throw new ProxyRefusal(
      credentials === undefined
        ? "wants a user name and password; put them into its address"
        : "accepts no way to log in that we know",
    );
  }
  stream.write(
    Buffer.concat([Buffer.of(5, 1, 0), await reader.meanwhile(target(to, proxy)), portBytes(to.port)]),
  );
  const [, reply = 1, , kind] = await reader.exactly(4);
  if (reply !== 0) throw new ProxyRefusal(`could not connect: ${REPLIES[reply] ?? `SOCKS reply ${reply}`}`);
  // Where it listens for us: of no use, but it has to be read.
  const length =
    kind === 1 ? 4 : kind === 4 ? 16 : kind === 3 ? ((await reader.exactly(1))[0] ?? 0) : undefined;
  if (length === undefined) throw new ProxyRefusal("does not speak SOCKS version 5");
  await reader.exactly(length + 2);
}

const REPLIES: Readonly<Record<number, string>> = {
  1: "general failure",
  2: "not allowed by its rules",
  3: "network unreachable",
  4: "host unreachable",
  5: "connection refused",
  6: "time to live expired",
  7: "command not supported",
  8: "address type not supported",
};

async function target({ host }: OpenPlace, { kind }: ProxyAddress): Promise<Buffer> {
  const address = isIP(host) !== 0 || kind === "socks5h" ? host : (await lookup(host)).address;
  if (isIP(address) === 4) return Buffer.from([1, ...address.split(".").map(Number)]);
  return isIP(address) === 6
    ? Buffer.concat([Buffer.of(4), ipv6Bytes(address)])
    : Buffer.concat([Buffer.of(3), counted(address)]);
}

/** The URL parser's spelling has at most one `::` and no dotted part. */
function ipv6Bytes(address: string): Buffer {
  const plain = new URL(`ws://[${address.replace(/%.*$/u, "")}]`).hostname.slice(1, -1);
  const [front = "", back = ""] = plain.split("::");
  const words = (text: string): readonly number[] =>
    text === "" ? [] : text.split(":").map((word) => Number.parseInt(word, 16));
  const [left, right] = [words(front), words(back)];
  const all = plain.includes("::")
    ? [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right]
    : left;
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 255]));
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function portBytes(port: number): Buffer {
  return Buffer.of(port >> 8, port & 255);
}
