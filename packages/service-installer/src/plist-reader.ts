import { serviceLimits } from "./limits.ts";
import { unescapeXml } from "./xml-text.ts";

export type PlistValue = string | number | boolean | readonly PlistValue[] | PlistDictionary;
export interface PlistDictionary {
  readonly [key: string]: PlistValue;
}

const DEPTH = 8;

/**
 * Reads the part of XML property lists that launchd's are made of: dict, array, string, integer, true, false. Undefined
 * for everything else (binary lists, entities of their own, CDATA, dates).
 */
export function readPlist(text: string): PlistValue | undefined {
  if (Buffer.byteLength(text) > serviceLimits.definitionBytes) return undefined;
  const body =
    /^\uFEFF?\s*(?:<\?xml[^>]*\?>)?\s*(?:<!DOCTYPE[^>[]*>)?\s*<plist[^>]*>([\s\S]*)<\/plist>\s*$/.exec(
      text,
    )?.[1];
  if (body === undefined) return undefined;
  const tokens = tokensOf(body);
  if (tokens === undefined) return undefined;
  const reading = new Reading(tokens);
  const value = reading.value(0);
  return value === undefined || !reading.done() ? undefined : value;
}

type Token = { readonly kind: "open" | "close" | "empty"; readonly name: string } | { readonly text: string };

function tokensOf(body: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  for (const match of body.matchAll(/<!--[\s\S]*?-->|<(\/?)([a-z]+)\s*(\/?)>/g)) {
    if (!pushText(tokens, body.slice(at, match.index))) return undefined;
    at = match.index + match[0].length;
    const name = match[2];
    if (name === undefined) continue;
    tokens.push({ kind: match[1] === "/" ? "close" : match[3] === "/" ? "empty" : "open", name });
  }
  return pushText(tokens, body.slice(at)) ? tokens : undefined;
}

function pushText(tokens: Token[], raw: string): boolean {
  const text = raw.includes("<") ? undefined : unescapeXml(raw);
  if (text === undefined) return false;
  if (text !== "") tokens.push({ text });
  return true;
}

class Reading {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  done(): boolean {
    this.#skipBlank();
    return this.#at >= this.#tokens.length;
  }

  value(depth: number): PlistValue | undefined {
    const token = this.#tag();
    if (token === undefined || token.kind === "close" || depth > DEPTH) return undefined;
    const { kind, name } = token;
    if (name === "true" || name === "false")
      return kind === "empty" || this.#closes(name) ? name === "true" : undefined;
    if (name === "string") return kind === "empty" ? "" : this.#textOf(name);
    if (name === "integer") {
      const text = kind === "empty" ? undefined : this.#textOf(name);
      return text !== undefined && /^-?[0-9]{1,15}$/.test(text.trim()) ? Number(text) : undefined;
    }
    if (name === "array") return kind === "empty" ? [] : this.#array(depth);
    if (name === "dict") return kind === "empty" ? {} : this.#dictionary(depth);
    return undefined;
  }

  #array(depth: number): PlistValue | undefined {
    const items: PlistValue[] = [];
    while (!this.#closes("array")) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #dictionary(depth: number): PlistValue | undefined {
    const entries = new Map<string, PlistValue>();
    while (!this.#closes("dict")) {
      const tag = this.#tag();
      if (tag?.kind !== "open" || tag.name !== "key") return undefined;
      const key = this.#textOf("key");
      const value = key === undefined ? undefined : this.value(depth + 1);
      if (key === undefined || value === undefined || entries.has(key)) return undefined;
      entries.set(key, value);
    }
    return Object.fromEntries(entries);
  }

  #textOf(name: string): string | undefined {
    const token = this.#tokens[this.#at];
    if (token !== undefined && "text" in token) {
      this.#at += 1;
      const next = this.#tokens[this.#at];
      // A comment parts a text in two.
      if (next !== undefined && "text" in next) return undefined;
      return this.#closes(name) ? token.text : undefined;
    }
    return this.#closes(name) ? "" : undefined;
  }

  #closes(name: string): boolean {
    const before = this.#at;
    const tag = this.#tag();
    if (tag?.kind === "close" && tag.name === name) return true;
    this.#at = before;
    return false;
  }

  #tag(): Exclude<Token, { readonly text: string }> | undefined {
    this.#skipBlank();
    const token = this.#tokens[this.#at];
    if (token === undefined || "text" in token) return undefined;
    this.#at += 1;
    return token;
  }

  #skipBlank(): void {
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || !("text" in token) || token.text.trim() !== "") return;
      this.#at += 1;
    }
  }
}
