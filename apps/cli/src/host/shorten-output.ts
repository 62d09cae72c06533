import { utf8Length } from "@openclaw/protocol";

/** What is kept of an output: its beginning, its end, and the number of bytes between them that are missing. */
export interface KeptParts {
  readonly head: string;
  readonly tail: string;
  readonly missing: number;
}

/** The output of the executor, taken apart where it left bytes out. */
export function parts(text: string, missing: number = 0): KeptParts {
  const mark = missingMark(missing);
  const at = missing > 0 ? text.indexOf(mark) : -1;
  if (at < 0) return { head: text, tail: "", missing: 0 };
  return { head: text.slice(0, at), tail: text.slice(at + mark.length), missing };
}

/** Keeps so many UTF-16 units, one half from each end; where one end is shorter, more of the other. */
export function shorten(kept: KeptParts, room: number): KeptParts {
  if (kept.head.length + kept.tail.length <= room) return kept;
  const { head, tail } = kept.missing > 0 ? kept : halves(kept.head);
  const half = Math.floor(room / 2);
  const headRoom = tail.length < room - half ? room - tail.length : Math.min(half, head.length);
  const start = withoutHighSurrogate(head.slice(0, headRoom));
  const tailRoom = Math.min(tail.length, room - headRoom);
  const end = withoutLowSurrogate(tail.slice(tail.length - tailRoom));
  const all = kept.missing > 0 ? utf8Length(head) + utf8Length(tail) : utf8Length(kept.head);
  return { head: start, tail: end, missing: kept.missing + all - utf8Length(start) - utf8Length(end) };
}

/** The text for the wire: the same mark as the executor's, once. */
export function keptText({ head, tail, missing }: KeptParts): string {
  return missing === 0 ? head + tail : head + missingMark(missing) + tail;
}

function missingMark(bytes: number): string {
  return `\n... (truncated: ${bytes} bytes are missing here) ...\n`;
}

function halves(text: string): Pick<KeptParts, "head" | "tail"> {
  const middle = Math.ceil(text.length / 2);
  return { head: text.slice(0, middle), tail: text.slice(middle) };
}

function withoutHighSurrogate(text: string): string {
  const unit = text.charCodeAt(text.length - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? text.slice(0, -1) : text;
}

function withoutLowSurrogate(text: string): string {
  const unit = text.charCodeAt(0);
  return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(1) : text;
}
