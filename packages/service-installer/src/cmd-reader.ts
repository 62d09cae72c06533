import { serviceLimits } from "./limits.ts";

/** What a `node.cmd` says about the service. */
export interface ReadScript {
  readonly command: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  /** Scripts that are called, for example the one with the secrets. */
  readonly called: readonly string[];
}

/** Reads one of ours or of an official release. Undefined when there is no command line in it. */
export function readNodeScript(text: string): ReadScript | undefined {
  if (Buffer.byteLength(text) > serviceLimits.definitionBytes) return undefined;
  const environment = new Map<string, string>();
  const called: string[] = [];
  let command: readonly string[] | undefined;
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const trimmed = line.trim();
    if (/^(?:@|rem\b|::|chcp\b|cd\b|setlocal\b|exit\b|$)/i.test(trimmed)) continue;
    const set = /^set (?:"([A-Za-z_][A-Za-z0-9_]*)=(.*)"|([A-Za-z_][A-Za-z0-9_]*)=(.*))$/i.exec(trimmed);
    if (set !== null) {
      environment.set(set[1] ?? set[3] ?? "", (set[2] ?? set[4] ?? "").replaceAll("%%", "%"));
      continue;
    }
    const call = /^(?:if exist ".*" )?call "(.*)"$/i.exec(trimmed);
    if (call !== null) called.push((call[1] ?? "").replaceAll("%%", "%"));
    else command ??= splitCommandLine(withoutCmd(trimmed));
  }
  return command === undefined || command.length === 0 ? undefined : { command, environment, called };
}

/** What cmd makes of a line of a script that holds one plain command. */
export function withoutCmd(line: string): string {
  let result = "";
  let quoted = false;
  const text = line.replaceAll("%%", "%");
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') quoted = !quoted;
    if (character === "^" && !quoted) {
      at += 1;
      result += text.charAt(at);
      continue;
    }
    result += character;
  }
  return result;
}

/** Splits as the C run time does. */
export function splitCommandLine(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === "\\") {
      const slashes = /^\\+/.exec(line.slice(at))?.[0].length ?? 0;
      const quote = line.charAt(at + slashes) === '"';
      word = (word ?? "") + "\\".repeat(quote ? Math.floor(slashes / 2) : slashes);
      at += slashes - 1;
      if (quote && slashes % 2 === 1) {
        word += '"';
        at += 1;
      }
    } else if (character === '"') {
      if (quoted && line.charAt(at + 1) === '"') {
        word = `${word ?? ""}"`;
        at += 1;
      } else {
        quoted = !quoted;
        word ??= "";
      }
    } else if (!quoted && (character === " " || character === "\t")) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  return word === undefined ? words : [...words, word];
}
