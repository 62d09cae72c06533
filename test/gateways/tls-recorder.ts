// A TCP proxy that keeps the TLS records which clients send, so that a test can say that a client
// told a server nothing: what is inside of TLS stays unread, its size is enough.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { portOf } from "./free-ports.ts";

export interface TlsRecorder {
  readonly port: number;
  /** TLS handshakes that clients began. */
  handshakes(): number;
  /** Bytes of records that clients sent and that neither end a handshake nor close the connection. */
  told(): number;
  stop(): Promise<void>;
}

const HEADER_BYTES = 5;
const APPLICATION_DATA = 23;
/**
 * TLS 1.3 sends the end of its handshake and its alerts as application data: 4 bytes and a hash of 32 or 48, or 2 bytes;
 * each with a byte for the kind and 16 of a tag.
 */
const NOT_TOLD: readonly number[] = [4 + 32 + 17, 4 + 48 + 17, 2 + 17];

export async function startTlsRecorder(targetPort: number): Promise<TlsRecorder> {
  const sent: Buffer[][] = [];
  const server = createServer((inner) => {
    const bytes: Buffer[] = [];
    sent.push(bytes);
    const outer = connect(targetPort, "127.0.0.1");
    inner.on("data", (chunk: Buffer) => bytes.push(chunk));
    inner.pipe(outer).pipe(inner);
    const end = (): void => {
      inner.destroy();
      outer.destroy();
    };
    for (const socket of [inner, outer]) socket.on("error", end).on("close", end);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: portOf(server),
    handshakes: () => sent.filter((bytes) => bytes.length > 0).length,
    told: () =>
      sent
        .flatMap((bytes) => recordsIn(Buffer.concat(bytes)))
        .filter(({ kind, length }) => kind === APPLICATION_DATA && !NOT_TOLD.includes(length))
        .reduce((sum, { length }) => sum + length, 0),
    stop: async () => {
      server.close();
      await once(server, "close");
    },
  };
}

function recordsIn(bytes: Buffer): { readonly kind: number; readonly length: number }[] {
  const records = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 3);
    records.push({ kind: bytes.readUInt8(at), length });
    at += HEADER_BYTES + length;
  }
  return records;
}
