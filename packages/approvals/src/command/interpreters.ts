import type { Facts, FileFact } from "../facts.ts";
import { resolveFile } from "./resolve.ts";
import { wordList } from "../word-list.ts";

const INTERPRETERS: ReadonlySet<string> = wordList(
  "node nodejs bun deno python pypy perl ruby php lua luajit",
  "rscript julia elixir groovy scala guile tclsh wish escript raku",
);

/** `python3.11` and `python3` are `python`. */
export function isInterpreterName(name: string): boolean {
  return INTERPRETERS.has(name.toLowerCase().replace(/[\d.-]+$/u, ""));
}

/** The script that an interpreter obviously runs: its first argument, when that is a file. */
export function scriptOperand(
  name: string,
  args: readonly string[],
  cwd: string,
  facts: Facts,
): FileFact | undefined {
  const [script] = args;
  if (script === undefined || script.startsWith("-") || !isInterpreterName(name)) return undefined;
  return resolveFile(script, cwd, facts);
}
