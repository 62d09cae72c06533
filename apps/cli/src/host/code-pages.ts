import { execFile } from "node:child_process";
import { isUtf8 } from "node:buffer";
import { win32 } from "node:path";
import { promisify, TextDecoder } from "node:util";
import type { DecodeOutput } from "@openclaw/executor";
import { OEM_PAGES } from "./oem-pages.ts";

/** Code pages that the platform knows, by its names for them. Source: exec section 4.1. */
const ENCODINGS: ReadonlyMap<number, string> = new Map([
  [54_936, "gb18030"],
  [936, "gbk"],
  [950, "big5"],
  [932, "shift_jis"],
  [949, "euc-kr"],
  [874, "windows-874"],
  ...[1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258].map((page): [number, string] => [
    page,
    `windows-${page}`,
  ]),
]);

/** In these a character has up to four bytes. None of them has a byte below this one behind another one. */
const WIDE_PAGES: ReadonlySet<number> = new Set([54_936, 936, 950, 932, 949]);
const ALONE = 0x30;
/** How far a cut output is looked through for a byte that stands alone. */
const LOOK_BYTES = 64;

/**
 * The decoder for a console that uses this code page. What is UTF-8 is always taken for it: many programs print it
 * whatever the console says. Undefined for UTF-8 and for what is not known.
 */
export function outputDecoder(page: number): DecodeOutput | undefined {
  const upper = OEM_PAGES.get(page);
  if (upper !== undefined) return (bytes) => (isUtf8(bytes) ? bytes.toString("utf8") : byTable(bytes, upper));
  const encoding = ENCODINGS.get(page);
  if (encoding === undefined || decoderOf(encoding) === undefined) return undefined;
  const isWide = WIDE_PAGES.has(page);
  return (bytes, cut) => {
    if (isUtf8(bytes)) return bytes.toString("utf8");
    // With `stream`, half a character at the end is kept back: what was cut off is not shown as something wrong.
    const part = isWide && cut === "front" ? fromWholeCharacter(bytes) : bytes;
    return decoderOf(encoding)?.decode(part, { stream: cut === "end" }) ?? "";
  };
}

function decoderOf(encoding: string): TextDecoder | undefined {
  try {
    return new TextDecoder(encoding, { ignoreBOM: true });
  } catch {
    // A platform without this encoding.
    return undefined;
  }
}

function byTable(bytes: Buffer, upper: string): string {
  return bytes.toString("latin1").replace(/[\x80-\xff]/gu, (char) => upper.charAt(char.charCodeAt(0) - 0x80));
}

/** Leaves out what may be half a character, and what cannot be told from it. */
function fromWholeCharacter(bytes: Buffer): Buffer {
  const at = bytes.subarray(0, LOOK_BYTES).findIndex((byte) => byte < ALONE);
  return at === -1 ? bytes : bytes.subarray(at);
}

/** The number in what `chcp` prints, in any language; undefined where there is none. */
export function parseCodePage(printed: string): number | undefined {
  const digits = /(\d{3,5})\D*$/u.exec(printed)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

let known: Promise<DecodeOutput | undefined> | undefined;

/** The decoder of this machine's console; asked for once. Undefined: everything is UTF-8. */
export async function consoleDecoder(
  systemRoot: string = process.env["SystemRoot"] ?? "C:\\Windows",
): Promise<DecodeOutput | undefined> {
  known ??= askConsole(win32.join(systemRoot, "System32", "chcp.com"));
  return await known;
}

/** How long the console may take to say; milliseconds. */
const ASK_MS = 5000;

/** `program` prints the code page. A console that does not say has none that is known. */
export async function askConsole(program: string): Promise<DecodeOutput | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, [], {
      timeout: ASK_MS,
      windowsHide: true,
      encoding: "latin1",
    });
    return outputDecoder(parseCodePage(stdout) ?? 0);
  } catch {
    return undefined;
  }
}
