/** One option of a command, in terms that both parsers understand. */
export interface OptionSpec {
  readonly type: "string" | "number" | "boolean";
  readonly describe: string;
  /** What the value is called in the help text. */
  readonly value?: string;
  /** One letter that means the same. */
  readonly short?: string;
  readonly choices?: readonly string[];
  readonly repeat?: boolean;
}

export interface PositionalSpec {
  readonly name: string;
  readonly describe: string;
  readonly required: boolean;
}

/** What a command gets: checked words, never raw argv. */
export interface CommandInput {
  readonly options: Readonly<Record<string, unknown>>;
  readonly positionals: Readonly<Record<string, string>>;
  /** Everything after `--`. */
  readonly rest: readonly string[];
}

/** One command: what it is called, what it takes, and where its code is. */
export interface CommandSpec {
  readonly path: readonly string[];
  readonly summary: string;
  /** Is it meant when only the words in front of its last one are given? */
  readonly groupDefault?: boolean;
  readonly positionals?: readonly PositionalSpec[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Does it take words after `--`? */
  readonly takesRest?: boolean;
  readonly examples?: readonly (readonly [string, string])[];
  /** Loads the code only when the command is used. */
  readonly load: () => Promise<{ readonly run: CommandRun }>;
}

/** Runs a command; resolves with its exit code. Throws what `reportError` can explain. */
export type CommandRun = (input: CommandInput, io: CommandIo) => Promise<number>;

/** The world of a command. */
export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): void; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): void; readonly isTTY?: boolean; readonly columns?: number };
  readonly stdin: NodeJS.ReadStream;
}

export function stringOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === "string" ? value : undefined;
}

/** Every value of an option that may be repeated. */
export function listOption(input: CommandInput, name: string): readonly string[] {
  return [input.options[name]].flat().filter((value) => typeof value === "string");
}

export function numberOption(input: CommandInput, name: string): number | undefined {
  const value = input.options[name];
  return typeof value === "number" ? value : undefined;
}

export function flag(input: CommandInput, name: string): boolean {
  return input.options[name] === true;
}
