/** A part of a shape: so many characters of one kind. Regular expression syntax for one character. */
type Part = readonly [kind: string, least: number, most?: number];

/** What a token looks like. After its parts everything that `goesOn` names belongs to it, too. */
interface Shape {
  /** What stands before it and is shown; at most `BEHIND_CHARS` long. Otherwise it begins where no word goes on. */
  readonly behind?: string;
  readonly parts: readonly Part[];
  /** What stands behind it. */
  readonly ahead?: string;
  readonly goesOn: TailKind;
  /** Quick to look for, and there in everything that has this shape, beginning at most `BEHIND_CHARS` before it. */
  readonly sign: string;
}

/** `word`: letters, digits, `_`, `-`. `dotted`: also points. `wide`: what a header may hold. `key`: up to the end of a key. */
export type TailKind = "none" | "word" | "dotted" | "wide" | "key";

/** How far back a shape looks. */
export const BEHIND_CHARS = 96;

const WORD = "[A-Za-z0-9_-]";
const ALNUM = "[A-Za-z0-9_]";
const text = (fixed: string): readonly Part[] => Array.from(fixed, (char): Part => [`[${char}]`, 1]);
const token = (prefix: readonly Part[], kind: string, least: number): Shape => ({
  parts: [...prefix, [kind, least]],
  goesOn: "word",
  sign: prefix.map(([one]) => one).join(""),
});

/**
 * Shapes that common tokens have. No two of them begin with the same characters, except those with `behind`, which come
 * first and reach further.
 */
const SHAPES: readonly Shape[] = [
  // https://user:password@host
  {
    behind: `://[^\\x00-\\x20/@:"']{0,64}:`,
    parts: [[`[^\\x00-\\x20/@"']`, 1, 256]],
    ahead: "@",
    goesOn: "none",
    sign: `://[^\\x00-\\x20/@:"']{0,64}:[^\\x00-\\x20/@"']{1,256}@`,
  },
  // Authorization: Bearer x; ordinary words are shorter
  {
    behind: "(?:[Bb]earer|BEARER)[ \\t]{1,8}",
    parts: [["[A-Za-z0-9_.~+/=-]", 20]],
    goesOn: "wide",
    sign: "(?:[Bb]earer|BEARER)[ \\t]",
  },
  // GitHub
  token([...text("gh"), ["[opsur]", 1], ["_", 1]], ALNUM, 20),
  token(text("github_pat_"), ALNUM, 20),
  // GitLab
  token(text("glpat-"), WORD, 16),
  // Slack
  token([...text("xox"), ["[abeprs]", 1], ["-", 1]], WORD, 10),
  // OpenAI, Anthropic and others; Stripe
  token(text("sk-"), WORD, 20),
  token([["[rs]", 1], ...text("k_"), ["(?:live|test)", 1], ["_", 1]], ALNUM, 16),
  // Amazon
  token([...text("A"), ["(?:KI|SI)", 1], ...text("A")], "[0-9A-Z]", 16),
  // Google
  token(text("AIza"), WORD, 35),
  // registries of packages and models
  token(text("npm_"), "[A-Za-z0-9]", 36),
  token(text("pypi-"), WORD, 16),
  token(text("hf_"), "[A-Za-z0-9]", 30),
  // JSON web tokens
  { parts: [...text("eyJ"), [WORD, 8, 2048], ["[.]", 1], [WORD, 8]], goesOn: "dotted", sign: "eyJ" },
  // private keys, whole
  {
    parts: [...text("-----BEGIN "), ["[A-Z ]", 0, 40], ...text("PRIVATE KEY-----")],
    goesOn: "key",
    sign: "-----BEGIN ",
  },
];

/** The longest of what has to be seen before a shape is told from something else; characters. */
export const SHAPE_CHARS: number = Math.max(
  ...SHAPES.map(({ parts }) =>
    parts.reduce((sum, [kind, least, most = least]) => sum + most * longest(kind), 1),
  ),
);

/** Finds what every shape has at its beginning or right before it; ten times as fast as the shapes themselves. */
export function signFinder(): RegExp {
  return new RegExp(SHAPES.map(({ sign }) => sign).join("|"), "gu");
}

/** Finds the least that tells a shape; the number of the group names the shape. */
export function shapeFinder(): RegExp {
  return new RegExp(SHAPES.map((shape) => `(${before(shape)}${whole(shape)})`).join("|"), "gu");
}

/** Finds where a shape may begin that the end of the text cuts off. */
export function cutShapeFinder(): RegExp {
  return new RegExp(SHAPES.map((shape) => `${before(shape)}${begun(shape, 0)}`).join("|"), "gu");
}

/** How the shape of this group of `shapeFinder` goes on. */
export function tailOf(group: number): TailKind {
  return SHAPES[group]?.goesOn ?? "none";
}

function before({ behind }: Shape): string {
  return behind === undefined ? "(?<![A-Za-z0-9_])" : `(?<=${behind})`;
}

function whole({ parts, ahead }: Shape): string {
  const all = parts.map(([kind, least, most = least]) => `${kind}{${least},${most}}`).join("");
  return ahead === undefined ? all : `${all}(?=${ahead})`;
}

/** A beginning of the shape, up to the end of the text. */
function begun(shape: Shape, at: number): string {
  const [kind, least, most = least] = shape.parts[at] ?? ["", 0];
  const isLast = at === shape.parts.length - 1;
  // The alternatives of one part are cut in the middle, too.
  const cut = kind.startsWith("(?:") ? cutWords(kind) : `${kind}{0,${least === most ? least - 1 : most}}$`;
  return isLast ? cut : `(?:${kind}{${least},${most}}${begun(shape, at + 1)}|${cut})`;
}

function words(kind: string): readonly string[] {
  return kind.slice(3, -1).split("|");
}

function cutWords(kind: string): string {
  const beginnings = words(kind).flatMap((word) => Array.from(word, (_, length) => word.slice(0, length)));
  return `(?:${[...new Set(beginnings)].join("|")})$`;
}

function longest(kind: string): number {
  return kind.startsWith("(?:") ? Math.max(...words(kind).map(({ length }) => length)) : 1;
}
