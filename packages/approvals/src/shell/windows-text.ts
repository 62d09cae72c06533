import { exceedsBytes } from "@openclaw/protocol";
import type { NotAnalyzable } from "../decision.ts";
import { LIMITS } from "../limits.ts";

export type WindowsText =
  | { readonly ok: true; readonly argv: readonly string[] }
  | { readonly ok: false; readonly problem: NotAnalyzable };

/** How many layers of `&` and `powershell -Command` are taken off. */
const LAYERS = 5;
const CALL = /^&[ \t]+/u;
const POWERSHELL =
  /^(?:powershell|pwsh)(?:\.exe)?(?:[ \t]+[-/](?:nop(?:rofile)?|nol(?:ogo)?|noni(?:nteractive)?))*[ \t]+[-/](?:c|co|com|comm|comma|comman|command)[ \t]+/iu;
/** Means something to one of the two shells outside of quotes. */
const OUTSIDE = new Set("&|<>;^()!`");
/** Expanded by one of them wherever it stands, or once the quotes are gone. */
const EXPANSION = /^\$[A-Za-z_{(?$"']/u;

/**
 * Reads text for `cmd` or PowerShell as one plain command, where both would read it in the
 * same way. Such text is never run on the strength of this; it tells what is inside. Linear
 * in the length of the text. Source: exec section 3.4.
 */
export function readWindowsText(text: string): WindowsText {
  if (exceedsBytes(text, LIMITS.shellTextBytes)) {
    return refuse(`text larger than ${LIMITS.shellTextBytes} bytes`, 0);
  }
  const inner = withoutLayers(text.trim());
  const argv: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < inner.length; at += 1) {
    const character = inner.charAt(at);
    if (/[\p{Cc}%\u2018-\u201f]/u.test(character) && character !== "\t")
      return refuse(tokenName(character), at);
    if (character === "`" || EXPANSION.test(inner.slice(at, at + 2))) return refuse(tokenName(character), at);
    if (quote !== undefined) {
      if (character !== quote) word += character;
      else if (quote === "'" && inner.charAt(at + 1) === "'") {
        word += "'";
        at += 1;
      } else quote = undefined;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (OUTSIDE.has(character)) {
      return refuse(tokenName(character), at);
    } else if (character === " " || character === "\t") {
      if (word !== undefined) argv.push(word);
      word = undefined;
    } else word = `${word ?? ""}${character}`;
  }
  if (quote !== undefined) return refuse("open quote", inner.length);
  if (word !== undefined) argv.push(word);
  return argv.length === 0 ? refuse("empty command", 0) : { ok: true, argv };
}

function withoutLayers(text: string): string {
  let inner = text;
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const outer = inner;
    inner = inner.replace(CALL, "");
    const command = inner.replace(POWERSHELL, "");
    const [, , quoted] = /^(["'])(.*)\1$/su.exec(command) ?? [];
    if (command !== inner) inner = (quoted ?? command).trim();
    if (inner === outer) break;
  }
  return inner;
}

function tokenName(character: string): string {
  return /\p{Cc}/u.test(character) ? "line break or control character" : `token \`${character}\``;
}

function refuse(construct: string, offset: number): WindowsText {
  return { ok: false, problem: { construct, offset } };
}
