/** Where a program takes code from its arguments, or loads code before its script. */
export interface InlineModel {
  /** Letters with code, or with the name of what is loaded. */
  readonly short: string;
  /** Long options of the same kind; shortened forms count as well. */
  readonly long: readonly string[];
  /** Letters with a value, glued or as the next argument. */
  readonly values: string;
  /** Letters that take the rest of their argument, never the next one. */
  readonly rest: string;
  /** Letters that stand alone. */
  readonly flags: string;
  /** Long options that stand alone. */
  readonly longFlags: readonly string[];
  /** Options of several letters behind one dash, with code. */
  readonly single: readonly string[];
  /** First operands that are followed by code. */
  readonly subcommands: readonly string[];
  /** Whether it reads code from its input when it gets none: `-`, or no operand at all. */
  readonly readsInput: boolean;
}

const split = (text: string = ""): readonly string[] => text.split(" ").filter((word) => word !== "");

interface Draft {
  readonly long?: string;
  readonly values?: string;
  readonly rest?: string;
  readonly flags?: string;
  readonly longFlags?: string;
  readonly single?: string;
  readonly subcommands?: string;
  readonly readsInput?: boolean;
}

const model = (short: string, draft: Draft = {}): InlineModel => ({
  short,
  long: split(draft.long),
  values: draft.values ?? "",
  rest: draft.rest ?? "",
  flags: draft.flags ?? "",
  longFlags: split(draft.longFlags),
  single: split(draft.single),
  subcommands: split(draft.subcommands),
  readsInput: draft.readsInput ?? false,
});

const NODE: Draft = {
  long: "eval print require import loader experimental-loader",
  values: "C",
  flags: "chiv",
  longFlags:
    "check interactive version help watch test trace-warnings no-warnings enable-source-maps inspect inspect-brk prof trace-deprecation throw-deprecation experimental-strip-types",
  readsInput: true,
};

/** Source: exec section 3.9; options that load code beforehand: threat class 4. */
const MODELS: Readonly<Record<string, InlineModel>> = {
  python: model("cm", {
    values: "WXQ",
    flags: "bBdEhiIOPqRsStuvVx?",
    longFlags: "version help",
    readsInput: true,
  }),
  node: model("epr", NODE),
  bun: model("epr", { ...NODE, long: "eval print require import preload", readsInput: false }),
  deno: model("ep", { long: "eval print preload import", subcommands: "eval", flags: "qARWENSh" }),
  ruby: model("erI", { values: "CEKTW", rest: "ixF", flags: "acdhlnpsSvwyU01234567", readsInput: true }),
  perl: model("eEMmIdD", { rest: "ixF", flags: "acCfhlnpsStTuUvVwWX0123456789", readsInput: true }),
  php: model("rBRE", {
    long: "run process-begin process-code process-end define zend-extension",
    values: "cfFSt",
    rest: "",
    flags: "aChHilmnqsvw",
    single: "d z",
    readsInput: true,
  }),
  lua: model("el", { flags: "ivE", readsInput: true }),
  luajit: model("elbj", { flags: "ivE", readsInput: true }),
  osascript: model("e", { values: "ls", flags: "is", readsInput: true }),
  r: model("e", {}),
  rscript: model("e", { long: "default-packages" }),
  julia: model("eEL", { long: "eval print load", values: "pJCtH", flags: "hviq", readsInput: true }),
  elixir: model("er", { long: "eval rpc-eval require", values: "p" }),
  erl: model("", { single: "eval s run" }),
  guile: model("cel", { values: "LCx", readsInput: true }),
  groovy: model("e", { values: "Dic" }),
  scala: model("e", {}),
  clojure: model("e", { long: "eval init main", values: "" }),
  clj: model("e", { long: "eval init main" }),
  raku: model("eMI", { readsInput: true }),
  perl6: model("eMI", { readsInput: true }),
  ghc: model("e", {}),
  gdb: model("", { long: "eval-command init-eval-command command init-command", single: "ex iex x ix" }),
  expect: model("c", { values: "f" }),
  tclsh: model("", { readsInput: true }),
  make: model("fE", { long: "eval file makefile", values: "CIjoWl" }),
};

const ALIASES: Readonly<Record<string, string>> = {
  pypy: "python",
  nodejs: "node",
  irb: "ruby",
  pythonw: "python",
  jruby: "ruby",
  gmake: "make",
  "php-cli": "php",
};

export function inlineModel(name: string): InlineModel | undefined {
  const known = Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name;
  return Object.hasOwn(MODELS, known) ? MODELS[known] : undefined;
}
