import { resolve } from "node:path";
import { checkHeaderName } from "@openclaw/gateway-connection";
import { listOption, type CommandInput } from "../command.ts";
import { currentDirectory } from "../current-directory.ts";
import { CliError } from "../errors.ts";

/** Where the values of extra headers come from, by header name: `env:NAME` or `file:/path`; never a value. */
export type HeaderSources = Readonly<Record<string, string>>;

/**
 * The headers that `--header NAME=env:VARIABLE` and `--header NAME=file:PATH` name; undefined when none was given.
 * Throws CliError `bad-option`, which never repeats what stands behind the name: it may be a secret.
 */
export function headerOptions(input: CommandInput): HeaderSources | undefined {
  const texts = listOption(input, "header");
  if (texts.length === 0) return undefined;
  const sources = new Map<string, string>();
  for (const text of texts) {
    const [, name, kind, from] = /^([^=]{1,200})=(env|file):([^]+)$/u.exec(text) ?? [];
    if (name === undefined || kind === undefined || from === undefined) throw literal(text);
    checkHeaderName(name);
    if ([...sources.keys()].some((other) => other.toLowerCase() === name.toLowerCase()))
      throw new CliError("bad-option", `the header \`${name}\` is given more than once`);
    if (kind === "env" && !/^[A-Za-z_][A-Za-z0-9_]{0,200}$/u.test(from))
      throw new CliError("bad-option", `--header ${name}: what follows env: is not the name of a variable`);
    // The service starts somewhere else.
    sources.set(
      name,
      kind === "env" ? text.slice(name.length + 1) : `file:${resolve(currentDirectory(), from)}`,
    );
  }
  return Object.fromEntries(sources);
}

/** The arguments that mean this again; sources only, so others may read them. */
export function headerWords(sources: HeaderSources | undefined): readonly string[] {
  return Object.entries(sources ?? {}).flatMap(([name, source]) => ["--header", `${name}=${source}`]);
}

/** The variables that a service needs for them. */
export function headerVariables(sources: HeaderSources | undefined): readonly string[] {
  return Object.values(sources ?? {}).flatMap((source) =>
    source.startsWith("env:") ? [source.slice("env:".length)] : [],
  );
}

function literal(text: string): CliError {
  const name = /^([A-Za-z0-9-]{1,100})[=:]/u.exec(text)?.[1];
  return new CliError(
    "bad-option",
    `${name === undefined ? "--header" : `--header ${name}`} must say where its value is, because other users of this machine can read arguments`,
    [
      `--header ${name ?? "NAME"}=env:VARIABLE takes it from the environment`,
      `--header ${name ?? "NAME"}=file:PATH takes it from a file`,
    ],
  );
}
