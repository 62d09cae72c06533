import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

/** One file of an archive, still packed. */
export interface ZipEntry {
  readonly name: string;
  /** 0 for stored, 8 for deflated. */
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly packed: Buffer;
}

const endSignature = 0x0605_4b50;
const centralSignature = 0x0201_4b50;
const localSignature = 0x0403_4b50;

/**
 * The files of an archive that was written here a moment ago. Undefined for one that is cut, that needs more than 32 bits, or
 * that holds anything but stored and deflated files.
 */
export function readZip(archive: Buffer): readonly ZipEntry[] | undefined {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > archive.length || archive.readUInt32LE(end) !== endSignature) return undefined;
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + 46 > end || archive.readUInt32LE(at) !== centralSignature) return undefined;
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      archive.readUInt16LE(at + offset),
    );
    const next = at + 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
    const packed = packedBytes(archive, archive.readUInt32LE(at + 42), archive.readUInt32LE(at + 20));
    const method = archive.readUInt16LE(at + 10);
    if (packed === undefined || (method !== 0 && method !== 8)) return undefined;
    entries.push({
      name: archive.toString("utf8", at + 46, at + 46 + (nameLength ?? 0)),
      method,
      crc: archive.readUInt32LE(at + 16),
      size: archive.readUInt32LE(at + 24),
      packed,
    });
    at = next;
  }
  return entries;
}

function packedBytes(archive: Buffer, local: number, length: number): Buffer | undefined {
  if (local + 30 > archive.length || archive.readUInt32LE(local) !== localSignature) return undefined;
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  return start + length > archive.length ? undefined : archive.subarray(start, start + length);
}

/** The content of a file. Throws what the system throws for broken content, and for more than `limitBytes`. */
export function unpacked({ method, packed }: ZipEntry, limitBytes: number): Buffer {
  return method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: limitBytes });
}

export function packedEntry(name: string, content: Buffer): ZipEntry {
  return { name, method: 8, crc: crc32(content), size: content.length, packed: deflateRawSync(content) };
}

export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    // Names are UTF-8.
    facts.writeUInt16LE(0x800, 2);
    facts.writeUInt16LE(entry.method, 4);
    facts.writeUInt32LE(entry.crc, 10);
    facts.writeUInt32LE(entry.packed.length, 14);
    facts.writeUInt32LE(entry.size, 18);
    facts.writeUInt16LE(name.length, 22);
    parts.push(uint32(localSignature), facts, name, entry.packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    central.push(uint32(centralSignature), Buffer.from([20, 3]), facts, place, name);
    at += 30 + name.length + entry.packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, directory, uint32(endSignature), end]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
