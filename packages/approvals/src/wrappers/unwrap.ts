/** A wrapper whose arguments were understood. */
interface Wrapper {
  readonly kind: "wrapper";
  /** What stands between the wrapper and the inner command. */
  readonly options: readonly string[];
  readonly inner: readonly string[];
  /** Whether it does anything, so that it must run as well. */
  readonly keep: boolean;
}

export type WrapperRead = Wrapper | { readonly kind: "opaque"; readonly construct: string };

interface OptionModel {
  /** Options that stand alone. */
  readonly flags: readonly string[];
  /** Options with a value, glued (`-n5`, `--x=5`) or as the next argument. */
  readonly values: Readonly<Record<string, RegExp>>;
  /** Operands before the inner command. */
  readonly operands: readonly RegExp[];
  readonly keep: boolean;
}

const DURATION = /^\d{1,9}(?:\.\d{1,9})?[smhd]?$/u;
const PRIORITY = /^-?\d{1,3}$/u;
const SIGNAL = /^(?:[A-Z][A-Z0-9+-]{1,11}|\d{1,2})$/u;
const BUFFER = /^(?:L|\d{1,9}[KMG]?)$/u;

/** Source: exec section 3.3; which ones count: threat class 3, "unknown options: not allowed". */
const MODELS: Readonly<Record<string, OptionModel>> = {
  env: { flags: [], values: {}, operands: [], keep: false },
  nice: { flags: [], values: { "-n": PRIORITY, "--adjustment": PRIORITY }, operands: [], keep: true },
  nohup: { flags: [], values: {}, operands: [], keep: true },
  timeout: {
    flags: ["--foreground", "--preserve-status"],
    values: { "-k": DURATION, "--kill-after": DURATION, "-s": SIGNAL, "--signal": SIGNAL },
    operands: [DURATION],
    keep: true,
  },
  stdbuf: {
    flags: [],
    values: {
      "-i": BUFFER,
      "--input": BUFFER,
      "-o": BUFFER,
      "--output": BUFFER,
      "-e": BUFFER,
      "--error": BUFFER,
    },
    operands: [],
    keep: true,
  },
  time: { flags: ["-p"], values: {}, operands: [], keep: true },
};

export function isWrapperName(name: string): boolean {
  return Object.hasOwn(MODELS, name);
}

/** Reads the arguments of a wrapper option by option; anything else is not understood. */
export function readWrapper(name: string, args: readonly string[]): WrapperRead {
  const model = MODELS[name];
  if (model === undefined) return { kind: "opaque", construct: `wrapper \`${name}\`` };
  const refuse = (argument: string | undefined): WrapperRead => ({
    kind: "opaque",
    construct:
      argument === undefined ? `\`${name}\` without a command` : `argument \`${argument}\` of \`${name}\``,
  });
  let at = 0;
  while (args[at]?.startsWith("-") === true) {
    const taken = takeOption(model, args[at] ?? "", args[at + 1]);
    if (taken === 0) return refuse(args[at]);
    at += taken;
  }
  for (const operand of model.operands) {
    if (!operand.test(args[at] ?? "")) return refuse(args[at]);
    at += 1;
  }
  const command = args[at];
  if (command === undefined || command === "" || command.startsWith("-")) return refuse(command);
  // Only `env` reads it as an assignment, but then what runs would be another command.
  if (command.includes("=")) return refuse(command);
  return { kind: "wrapper", options: args.slice(0, at), inner: args.slice(at), keep: model.keep };
}

/** How many arguments an option takes up; 0 when it is not modelled. */
function takeOption(model: OptionModel, option: string, next: string | undefined): number {
  if (model.flags.includes(option)) return 1;
  const separate = model.values[option];
  if (separate !== undefined) return next !== undefined && separate.test(next) ? 2 : 0;
  const glued = /^(--[a-z-]+)=(.*)$|^(-[a-z])(.+)$/su.exec(option);
  const value = model.values[glued?.[1] ?? glued?.[3] ?? ""];
  return value?.test(glued?.[2] ?? glued?.[4] ?? "") === true ? 1 : 0;
}
