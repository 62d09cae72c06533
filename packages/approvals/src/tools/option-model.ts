/**
 * Which arguments of a program make it start another one, load code, or read its options
 * from a file. Open models name what is dangerous; closed ones (`known`) also take every
 * option that they do not name for dangerous.
 */
export interface ToolModel {
  /** Long options, without their dashes. Shortened forms count as well. */
  readonly long?: ReadonlySet<string>;
  /** Letters. */
  readonly short?: string;
  /** Letters of options with a value: glued, or the next argument. */
  readonly values?: string;
  /** Whole arguments, wherever they stand. */
  readonly words?: RegExp;
  /** Long options that look like the beginning of a dangerous one, but are not. */
  readonly plain?: ReadonlySet<string>;
  /** The harmless options of a closed model; letters also without a dash in front (`tar xf`). */
  readonly known?: { readonly short: string; readonly long: ReadonlySet<string> };
  /** The first argument is a cluster of letters, with or without a dash. */
  readonly bareCluster?: boolean;
  /** Opening a file is enough to run code. */
  readonly always?: boolean;
}

/** The first argument that may start something else, as it was given. Linear in the arguments. */
export function dangerousArgument(model: ToolModel, args: readonly string[]): string | undefined {
  if (model.always === true) return args[0] ?? "no argument";
  let skip = false;
  let ended = false;
  for (const [index, argument] of args.entries()) {
    if (model.words?.test(argument) === true) return argument;
    if (skip || ended) {
      skip = false;
      continue;
    }
    if (argument === "--") {
      ended = true;
    } else if (argument.startsWith("--")) {
      if (isDangerousLong(model, argument.slice(2).split("=", 1)[0] ?? "")) return argument;
    } else if (argument.startsWith("-") && argument.length > 1) {
      const cluster = readCluster(model, argument.slice(1));
      if (cluster === "dangerous") return argument;
      skip = cluster === "value-follows";
    } else if (index === 0 && model.bareCluster === true) {
      if (readBareCluster(model, argument)) return argument;
    }
  }
  return undefined;
}

function isDangerousLong({ long, plain, known }: ToolModel, name: string): boolean {
  if (known?.long.has(name) === true || plain?.has(name) === true) return false;
  if (beginsOneOf(long, name)) return true;
  return known !== undefined && !beginsOneOf(known.long, name);
}

function beginsOneOf(names: ReadonlySet<string> | undefined, start: string): boolean {
  for (const name of names ?? []) if (name.startsWith(start)) return true;
  return false;
}

/** Letters behind one dash, up to the first that takes the rest as its value. */
function readCluster(
  { short = "", values = "", known }: ToolModel,
  letters: string,
): "plain" | "dangerous" | "value-follows" {
  for (const [index, letter] of Array.from(letters).entries()) {
    if (short.includes(letter)) return "dangerous";
    if (values.includes(letter)) return index === letters.length - 1 ? "value-follows" : "plain";
    if (known !== undefined && !known.short.includes(letter)) return "dangerous";
  }
  return "plain";
}

/** The old form: the values come afterwards, in order, so no letter takes the rest. */
function readBareCluster({ short = "", values = "", known }: ToolModel, letters: string): boolean {
  return Array.from(letters).some(
    (letter) =>
      short.includes(letter) ||
      (known !== undefined && !known.short.includes(letter) && !values.includes(letter)),
  );
}
