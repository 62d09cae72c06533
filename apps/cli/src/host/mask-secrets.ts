import { quoteArgv } from "@openclaw/approvals";
import { REDACTED } from "./redact.ts";

/** Names whose value is a secret: `password`, `DB_PASSWORD`, `--client-secret`, `accessToken`, `MYSQL_PWD`. */
const NAME = String.raw`(?:[\w.-]{0,64}?(?:password|passwd|passphrase|passcode|secret|token|api[-_]?key|access[-_]?key|secret[-_]?key|private[-_]?key|account[-_]?key|sshpass|credentials?)|(?:[\w.-]{0,64}[-_.])?pass|[\w.-]{0,64}[-_.]pwd)`;
const HEADER = String.raw`(?:proxy-)?authorization|(?:set-)?cookie|[\w-]{0,64}(?:api-?key|token|secret|-auth)`;

/** Almost every word of almost every command has none of this, and one look is all that it costs. */
const SUSPECT =
  /pass|pwd|secret|token|key|credential|authori|cookie|bearer|curl\s|:\/\/|eyj|gh[a-z]_|hub_pat_|sk-|glpat-|xox|-----begin/iu;

/** A whole word is one value, whatever is in it. */
const OPTION = new RegExp(`^--?${NAME}$`, "iu");
const ASSIGNMENT = new RegExp(`^(-{0,2}${NAME}\\s{0,8}[=:])[^]+$`, "iu");
const HEADER_WORD = new RegExp(`^((?:${HEADER})\\s{0,8}:\\s{0,8})[^]+$`, "iu");

/** A value inside of a text: up to the next blank or operator, with quoted parts. Never looks at anything twice. */
const VALUE = String.raw`(?:\\[^]|"(?:[^"\\]|\\[^])*(?:"|$)|'[^']*(?:'|$)|[^\s"'\\&;|<>()])+`;
const INSIDE: readonly (readonly [RegExp, string])[] = [
  // `Authorization: Bearer x` up to the quote that ends it.
  [
    new RegExp(`((?<![\\w-])(?:${HEADER})\\\\?["']?\\s{0,8}:\\s{0,8})[^\\s"'\\\\][^"'\\r\\n]*`, "giu"),
    `$1${REDACTED}`,
  ],
  [/\b(bearer\s{1,8})[\w.~+/=-]{12,}/giu, `$1${REDACTED}`],
  // `"token": "x"`, also where quotes are escaped
  [
    new RegExp(
      `((?<![\\w.-])${NAME}(\\\\?["'])\\s{0,8}:\\s{0,8})(?:\\2(?:(?!\\2)(?:\\\\[^]|[^]))*|[^\\s"',}\\\\]+)`,
      "giu",
    ),
    `$1${REDACTED}`,
  ],
  // `--password x`, `--token=x`, `DB_PASSWORD=x`, `?access_token=x`
  [new RegExp(`((?<![\\w-])--?${NAME}(?:\\s{1,8}|=))${VALUE}`, "giu"), `$1${REDACTED}`],
  [new RegExp(`((?<![\\w.-])${NAME}\\s{0,8}[=:]\\s{0,8})(?!\\/\\/)${VALUE}`, "giu"), `$1${REDACTED}`],
  [new RegExp(`(\\bsshpass\\s{1,8}-p\\s{0,8})${VALUE}`, "gu"), `$1${REDACTED}`],
  [
    new RegExp(`(\\bcurl\\s[^|;&\\n]{0,256}?(?<=\\s)(?:-u|--user|--proxy-user)(?:\\s{1,8}|=))${VALUE}`, "gu"),
    `$1${REDACTED}`,
  ],
  // `https://user:pw@host`, and a token in the place of the user.
  [/(:\/\/[^\s/@:"']{0,256}:)[^\s/@"']{1,1024}@/gu, `$1${REDACTED}@`],
  [/(https?:\/\/)[^\s/@:"'[\]]{1,1024}@/giu, `$1${REDACTED}@`],
  // Secrets that can be told by their look.
  [
    /\b(?:gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|sk-[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/gu,
    REDACTED,
  ],
  [/(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)(?:(?!-----END )[^])*/gu, `$1${REDACTED}`],
];

/** Options of programs that take a secret in the next word, or glued to them; `-p` alone means too many other things. */
interface SecretOptions {
  readonly apart?: RegExp;
  readonly glued?: RegExp;
}
const MYSQL: SecretOptions = { glued: /^(-p)[^]+$/u };
const PROGRAMS: ReadonlyMap<string, SecretOptions> = new Map([
  ["curl", { apart: /^(?:-[uU]|--user|--proxy-user)$/u, glued: /^(-[uU])[^]+$/u }],
  ["sshpass", { apart: /^-p$/u, glued: /^(-p)[^]+$/u }],
  ["redis-cli", { apart: /^-a$/u }],
  ["mysql", MYSQL],
  ["mysqldump", MYSQL],
  ["mysqladmin", MYSQL],
  ["mariadb", MYSQL],
]);
/** How many words are looked at for the program: others may stand in front of it, as in `timeout 5 curl`. */
const PROGRAM_WORDS = 6;

/** One command as a person reads it, without the values that well-known options, assignments, headers and addresses mark as secret. */
export function maskedCommand(argv: readonly string[]): string {
  return quoteArgv(maskArgv(argv));
}

/** What cannot be told from an ordinary word is not found: this is a net, not a wall. */
export function maskArgv(argv: readonly string[]): readonly string[] {
  const options = secretOptions(argv);
  let isValue = false;
  let changed = false;
  const masked = argv.map((word, index) => {
    const clean = isValue ? REDACTED : maskWord(word, options?.glued);
    // The first word is the program, whatever it is called.
    isValue = index > 0 && !isValue && announcesSecret(word, options?.apart);
    changed ||= clean !== word;
    return clean;
  });
  return changed ? masked : argv;
}

function secretOptions(argv: readonly string[]): SecretOptions | undefined {
  for (const word of argv.slice(0, PROGRAM_WORDS)) {
    const options = PROGRAMS.get(word.slice(word.lastIndexOf("/") + 1));
    if (options !== undefined) return options;
  }
  return undefined;
}

function announcesSecret(word: string, apart: RegExp | undefined): boolean {
  if (!word.startsWith("-")) return false;
  return apart?.test(word) === true || (SUSPECT.test(word) && OPTION.test(word));
}

function maskWord(word: string, glued: RegExp | undefined): string {
  const behind = glued === undefined ? word : word.replace(glued, `$1${REDACTED}`);
  if (behind !== word || !SUSPECT.test(word)) return behind;
  const header = word.replace(HEADER_WORD, `$1${REDACTED}`);
  if (header !== word) return header;
  const assigned = word.replace(ASSIGNMENT, `$1${REDACTED}`);
  return assigned === word || /^[^=:]{0,128}:\/\//u.test(word) ? maskText(word) : assigned;
}

/** The same inside of one text, for example for a shell. */
export function maskText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return INSIDE.reduce((clean, [pattern, by]) => clean.replace(pattern, by), text);
}
