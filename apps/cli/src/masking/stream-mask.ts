import {
  BEHIND_CHARS,
  cutShapeFinder,
  SHAPE_CHARS,
  shapeFinder,
  signFinder,
  tailOf,
  type TailKind,
} from "./token-shapes.ts";

const MARK = "[redacted]";
/** A private key is not longer; bytes. */
const KEY_BYTES = 16_384;
const HYPHEN = 45;
/** Hyphens that end a key. */
const KEY_END = 5;

/** For each byte: with which kinds of tail a token goes on over it. */
const GOES_ON = new Uint8Array(256);
const TAIL_BIT: Readonly<Record<TailKind, number>> = { none: 0, word: 1, dotted: 2, wide: 4, key: 0 };
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~+/=") {
  const bits = TAIL_BIT.wide | (/[\w-]/u.test(char) ? TAIL_BIT.word | TAIL_BIT.dotted : 0);
  GOES_ON[char.charCodeAt(0)] = bits | (char === "." ? TAIL_BIT.dotted : 0);
}

export interface MaskWish {
  /** From `secretTexts`. */
  readonly texts: readonly string[];
  /** Also what looks like a token. */
  readonly tokens: boolean;
}

/**
 * Masks secrets in one stream of bytes. What comes out does not depend on how the stream was cut into pieces. As little
 * as possible is kept back: only what may be the beginning of a secret.
 */
export class StreamMask {
  readonly #texts: readonly string[];
  readonly #signs: RegExp | undefined;
  readonly #shapes: RegExp | undefined;
  readonly #cutShapes: RegExp | undefined;
  /** What is decided already, as far as shapes look back. One character for each byte, here and below. */
  #behind = "";
  /** What is kept back. */
  #pending = "";
  /** Bytes of the stream before `#behind`. */
  #base = 0;
  /** Places in the stream: everything before them is masked. */
  #maskedTo = 0;
  #keyFrom = 0;
  #keyTo = 0;
  #hyphens = 0;
  /** Kinds of tail that go on. */
  #tails = 0;
  /** The byte before was masked: one mark stands for all. */
  #isInside = false;

  constructor({ texts, tokens }: MaskWish) {
    this.#texts = texts;
    this.#signs = tokens ? signFinder() : undefined;
    this.#shapes = tokens ? shapeFinder() : undefined;
    this.#cutShapes = tokens ? cutShapeFinder() : undefined;
  }

  pass(piece: Buffer): Buffer {
    const text = this.#behind + this.#pending + piece.toString("latin1");
    const start = this.#behind.length;
    const wasEmpty = this.#pending === "";
    const end = this.#undecided(text, start);
    const shown = this.#decide(text, start, end);
    // Nothing found, nothing kept back: as in nearly every piece.
    return wasEmpty && end === text.length && shown.length === piece.length && shown === text.slice(start)
      ? piece
      : Buffer.from(shown, "latin1");
  }

  rest(): Buffer {
    const text = this.#behind + this.#pending;
    return Buffer.from(this.#decide(text, this.#behind.length, text.length), "latin1");
  }

  /** The first place where something begins of which too little is known. */
  #undecided(text: string, start: number): number {
    let end = text.length;
    if (this.#cutShapes !== undefined) {
      this.#cutShapes.lastIndex = Math.max(start, text.length - SHAPE_CHARS);
      end = this.#cutShapes.exec(text)?.index ?? end;
    }
    for (const secret of this.#texts) {
      const first = secret.charAt(0);
      const from = Math.max(start, text.length - secret.length + 1);
      for (let at = text.indexOf(first, from); at !== -1 && at < end; at = text.indexOf(first, at + 1))
        if (secret.startsWith(text.slice(at))) end = at;
    }
    return end;
  }

  /** What is shown of this part of the text. All that begins in it is known whole. */
  #decide(text: string, start: number, end: number): string {
    let shown = "";
    let at = start;
    const next = this.#texts.map((secret) => text.indexOf(secret, start));
    let shape = this.#nextShape(text, at, end);
    while (at < end) {
      const stop = Math.min(shape?.index ?? end, this.#nextSecret(text, next, at, end));
      shown += this.#show(text, at, stop);
      at = stop;
      if (at >= end) break;
      for (const [index, secret] of this.#texts.entries())
        if (next[index] === at) this.#mask(at, secret.length, "none");
      const here = shape?.index === at ? shape : undefined;
      if (here !== undefined) this.#mask(at, here.length, here.tail);
      shown += this.#show(text, at, at + 1);
      at += 1;
      if (here !== undefined) shape = this.#nextShape(text, at, end);
    }
    const keepFrom = Math.max(0, end - BEHIND_CHARS);
    this.#base += keepFrom;
    this.#behind = text.slice(keepFrom, end);
    this.#pending = text.slice(end);
    return shown;
  }

  #nextShape(
    text: string,
    at: number,
    end: number,
  ): { readonly index: number; readonly length: number; readonly tail: TailKind } | undefined {
    if (this.#shapes === undefined || this.#signs === undefined) return undefined;
    this.#signs.lastIndex = Math.max(0, at - BEHIND_CHARS);
    const sign = this.#signs.exec(text);
    if (sign === null) return undefined;
    this.#shapes.lastIndex = Math.max(at, sign.index);
    const match = this.#shapes.exec(text);
    if (match === null || match.index >= end) return undefined;
    const group = match.findIndex((found, index) => index > 0 && found !== undefined) - 1;
    return { index: match.index, length: match[0].length, tail: tailOf(group) };
  }

  #nextSecret(text: string, next: number[], at: number, end: number): number {
    let first = end;
    this.#texts.forEach((secret, index) => {
      let place = next[index] ?? -1;
      if (place !== -1 && place < at) place = text.indexOf(secret, at);
      next[index] = place;
      if (place !== -1 && place < first) first = place;
    });
    return first;
  }

  #mask(at: number, length: number, tail: TailKind): void {
    const to = this.#base + at + length;
    this.#maskedTo = Math.max(this.#maskedTo, to);
    this.#tails |= TAIL_BIT[tail];
    if (tail !== "key") return;
    this.#keyFrom = to;
    this.#keyTo = to + KEY_BYTES;
    this.#hyphens = 0;
  }

  #show(text: string, from: number, to: number): string {
    let shown = "";
    for (let at = from; at < to; at += 1) {
      if (!this.#isMasked(text.charCodeAt(at), this.#base + at)) {
        this.#isInside = false;
        // No other secret begins before `to`.
        return shown + text.slice(at, to);
      }
      if (!this.#isInside) shown += MARK;
      this.#isInside = true;
    }
    return shown;
  }

  #isMasked(byte: number, place: number): boolean {
    this.#tails &= GOES_ON[byte] ?? 0;
    if (place < this.#keyTo && place >= this.#keyFrom) {
      this.#hyphens = byte === HYPHEN ? this.#hyphens + 1 : 0;
      if (this.#hyphens === KEY_END) this.#keyTo = place + 1;
    }
    return this.#tails !== 0 || place < this.#maskedTo || place < this.#keyTo;
  }
}
