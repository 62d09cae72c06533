import { checkText } from "./definition.ts";

/** One word for a POSIX shell, whatever is in it. Throws `not-representable`, `too-large`. */
export function quoteForShell(text: string, part = "argument"): string {
  checkText(text, part, "a script");
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Lines that set and export variables in any POSIX shell. Throws as above; `kind` names them in messages. */
export function exportLines(variables: ReadonlyMap<string, string>, kind: "variable" | "secret"): string {
  return [...variables]
    .map(([name, value]) => `export ${name}=${quoteForShell(value, `${kind} ${name}`)}\n`)
    .join("");
}

/** A command for people to type. Not for running. */
export function shownCommand(argv: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const word = (text: string): string =>
    /^[A-Za-z0-9_@%+=:,./\\-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${word(value)}`);
  return [...variables, ...argv.map(word)].join(" ");
}
