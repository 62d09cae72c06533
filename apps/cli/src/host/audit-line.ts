import { hash } from "node:crypto";
import { jsonLine } from "../output/printable.ts";
import type { AuditRecord } from "./audit.ts";
import { maskedCommand } from "./mask-secrets.ts";
import type { Redact } from "./redact.ts";

export const AUDIT_LINE_LIMITS = {
  /** What a line repeats of a text; UTF-16 units. Otherwise few requests would rotate all others away. */
  textChars: 2048,
  /** Items of a list in a line; the rest is counted. */
  listItems: 64,
  /** A longer line is not one of ours; bytes. */
  lineBytes: 1_048_576,
} as const;

/** Where a line stands in the chain. */
export interface ChainPlace {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Counts the lines of all files, from 1. */
  readonly n: number;
  /** Is it the first line of its file? */
  readonly first: boolean;
  /** The hash of the line before it; empty for the very first one. */
  readonly prev: string;
  /** The hash of what was cut short in front of it, when something was. */
  readonly torn?: string | undefined;
}

export interface ChainedLine {
  readonly text: string;
  readonly hash: string;
}

/** The last field of each line; it covers everything in front of it. */
const SEAL = /^(\{.*),"hash":"([0-9a-f]{32})"\}$/su;

/** The start of the SHA-256 of a text or of bytes, in hex. */
export function chainHash(content: string | Uint8Array): string {
  return hash("sha256", content).slice(0, 32);
}

/** Renders one line, without its line end: no secret in it, nothing that acts on a terminal, no text without a bound. */
export function auditLine(record: AuditRecord, place: ChainPlace, redact: Redact): ChainedLine {
  const { at, n, first, prev, torn } = place;
  const shown: Record<string, unknown> = { at: new Date(at).toISOString() };
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined) continue;
    if (key === "argv" && record.kind === "decision") {
      // Word by word, before quotes change how a secret is spelled; and again, for one that spans two words.
      shown["command"] = safeText(maskedCommand(record.argv.map(redact)), redact);
    } else shown[key] = safeValue(value, redact);
  }
  shown["n"] = n;
  if (first) shown["first"] = true;
  if (torn !== undefined) shown["torn"] = torn;
  shown["prev"] = prev;
  const open = jsonLine(shown).slice(0, -2);
  const seal = chainHash(open);
  return { text: `${open},"hash":"${seal}"}`, hash: seal };
}

export interface Seal {
  /** What the line says about itself. */
  readonly hash: string;
  /** Does it say so rightly? */
  readonly holds: boolean;
}

/** The hash that a line carries; undefined for what is no line of ours. */
export function sealOf(line: string): Seal | undefined {
  const [, open = "", seal] = SEAL.exec(line) ?? [];
  return seal === undefined ? undefined : { hash: seal, holds: chainHash(open) === seal };
}

/** How the next line calls this one, whatever it is. */
export function hashOfLine(line: string): string {
  return sealOf(line)?.hash ?? chainHash(line);
}

function safeValue(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return safeText(value, redact);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const { listItems } = AUDIT_LINE_LIMITS;
    const items = value.slice(0, listItems).map((item) => safeValue(item, redact));
    return value.length <= listItems ? items : [...items, `… (${value.length} in all)`];
  }
  const safe: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) safe[key] = safeValue(item, redact);
  return safe;
}

function safeText(value: string, redact: Redact): string {
  const text = redact(value);
  const { textChars } = AUDIT_LINE_LIMITS;
  if (text.length <= textChars) return text;
  return `${text.slice(0, textChars)}… (${text.length} characters, sha256 ${hash("sha256", text)})`;
}
