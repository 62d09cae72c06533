import { closeSync, constants, openSync, readSync, type Stats } from "node:fs";
import { RUN_LIMITS } from "./limits.ts";

/** What the first bytes of a program say about who can run it. */
export type ProgramHead =
  | { readonly kind: "binary" }
  | { readonly kind: "script"; readonly interpreter: string }
  | { readonly kind: "empty" }
  | { readonly kind: "no-interpreter" }
  | { readonly kind: "foreign-binary"; readonly machine: number }
  | { readonly kind: "not-a-program" }
  | { readonly kind: "unknown-text" };

/** ELF machine numbers that a processor runs: its own, and its 32-bit elder. */
const MACHINES: Readonly<Record<string, readonly number[]>> = {
  x64: [62, 3],
  ia32: [3],
  arm64: [183, 40],
  arm: [40],
  ppc64: [21, 20],
  s390x: [22],
  riscv64: [243],
  loong64: [258],
};
const ELF = Buffer.from("\x7fELF", "latin1");
/** Mach-O, thin and for several processors. */
const MACH = ["feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe", "cafebabf"];

/** Reads as the kernel does: machine code of this processor, or a first line that names an interpreter. */
export function classifyHead(head: Buffer, arch: string): ProgramHead {
  if (head.length === 0) return { kind: "empty" };
  if (head.subarray(0, 2).toString("latin1") === "#!") return classifyScript(head.subarray(2));
  if (head.subarray(0, 4).equals(ELF)) return classifyElf(head, arch);
  if (MACH.includes(head.subarray(0, 4).toString("hex"))) return { kind: "binary" };
  return { kind: "unknown-text" };
}

function classifyScript(afterMark: Buffer): ProgramHead {
  const text = afterMark.toString("latin1");
  const end = text.indexOf("\n");
  const line = (end === -1 ? text : text.slice(0, end)).replace(/^[ \t]+/u, "");
  const name = /^[^ \t\0]*/u.exec(line)?.[0] ?? "";
  // Without an end in sight the name may be cut off; the kernel refuses that as well.
  const cutOff =
    end === -1 && afterMark.length + 2 >= RUN_LIMITS.programHeadBytes && name.length === line.length;
  if (name === "" || cutOff) return { kind: "no-interpreter" };
  return { kind: "script", interpreter: Buffer.from(name, "latin1").toString("utf8") };
}

function classifyElf(head: Buffer, arch: string): ProgramHead {
  if (head.length < 20) return { kind: "not-a-program" };
  const bigEndian = head[5] === 2;
  const type = bigEndian ? head.readUInt16BE(16) : head.readUInt16LE(16);
  const machine = bigEndian ? head.readUInt16BE(18) : head.readUInt16LE(18);
  const known = MACHINES[arch];
  if (known !== undefined && !known.includes(machine)) return { kind: "foreign-binary", machine };
  // 2 and 3 are programs; object files and memory dumps are not.
  return type === 2 || type === 3 ? { kind: "binary" } : { kind: "not-a-program" };
}

/** The first bytes of a regular file; undefined when it may be executed but not read, or is gone. */
export function readHead(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const head = Buffer.allocUnsafe(RUN_LIMITS.programHeadBytes);
    return head.subarray(0, readSync(file, head, 0, head.length, 0));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** What tells one state of a file from another. */
export type FileStamp = Pick<Stats, "dev" | "ino" | "size" | "mtimeMs" | "ctimeMs">;

interface KnownHead {
  readonly stats: FileStamp;
  readonly head: ProgramHead;
}

/** Remembers what the first bytes of unchanged files say. */
export class KnownHeads {
  readonly #heads = new Map<string, KnownHead>();

  /** Without a look at the file. */
  known(path: string, stats: FileStamp): ProgramHead | undefined {
    const known = this.#heads.get(path);
    return known !== undefined && isSameFile(known.stats, stats) ? known.head : undefined;
  }

  get(path: string, stats: FileStamp, arch: string): ProgramHead | undefined {
    const known = this.known(path, stats);
    if (known !== undefined) return known;
    const bytes = readHead(path);
    if (bytes === undefined) return undefined;
    const head = classifyHead(bytes, arch);
    if (this.#heads.size >= RUN_LIMITS.knownPrograms) this.#heads.clear();
    this.#heads.set(path, { stats, head });
    return head;
  }
}

function isSameFile(one: FileStamp, other: FileStamp): boolean {
  return (
    one.ino === other.ino &&
    one.dev === other.dev &&
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs &&
    one.ctimeMs === other.ctimeMs
  );
}
