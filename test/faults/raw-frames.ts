// WebSocket frames byte by byte, also those that no library would write.
export interface RawFrame {
  readonly opcode?: number;
  readonly fin?: boolean;
  /** The three reserved bits; 4 is the one of compression. */
  readonly reserved?: number;
  /** A server must not mask. */
  readonly masked?: boolean;
  /** What the head says, where it does not tell the truth. */
  readonly saidBytes?: number | bigint;
  readonly payload?: Buffer | string;
}

export function rawFrame({
  opcode = 1,
  fin = true,
  reserved = 0,
  masked = false,
  saidBytes,
  payload = "",
}: RawFrame): Buffer {
  const body = Buffer.from(payload);
  const said = BigInt(saidBytes ?? body.length);
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  const head =
    said < 126n
      ? Buffer.from([first, mask | Number(said)])
      : said < 65_536n
        ? Buffer.from([first, mask | 126, Number(said) >> 8, Number(said) & 255])
        : Buffer.concat([Buffer.from([first, mask | 127]), bigEndian(said)]);
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), body]);
}

function bigEndian(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** An event of the protocol, in a frame. */
export function eventFrame(event: string, payload: unknown): Buffer {
  return rawFrame({ payload: JSON.stringify({ type: "event", event, payload }) });
}
