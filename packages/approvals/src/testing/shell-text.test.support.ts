import { resolve } from "node:path";
import * as fc from "fast-check";
import type { ShellText } from "../shell/parse.ts";
import { STUBS } from "./shell-lab.test.support.ts";

/** Everything that means something to a shell, or might. */
const NASTY =
  "$ ` * ? [ ] { } ~ # ! = ^ % < > ( ) & | ; ' \" \\ \n \r \t \u00a0 \u2003 \u200b ā ü 日 \u0085 , : @ + - . / 0".split(
    " ",
  );
const nasty = fc.constantFrom(...NASTY, " ", "\u0001", "\u007f");
const plain = fc.constantFrom(...Array.from("abno019_-./,:@%+=^~]#!é日ā"));
const word = fc.constantFrom(
  ..."if then in do time ! { } [[ coproc function select - . : true false A=1 export eval cd".split(" "),
  ..."[ ] -f = != HEAD~1 a=~ a:~ {a,b} $x `x` ok$(no) <x >x 2>&1 ~ ~/x #x %t '%t' *.c a[0] \\ '' \"\"".split(
    " ",
  ),
);

const inSingle = fc
  .array(fc.oneof(nasty, plain), { maxLength: 5 })
  .map((parts) => `'${parts.join("").replaceAll("'", "")}'`);
const inDouble = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: plain },
      { weight: 2, arbitrary: fc.constantFrom(...Array.from("'*?[]{}~#!&|;<>() \t\n")) },
      { weight: 2, arbitrary: fc.constantFrom("\\a", "\\\\", '\\"', "\\$", "\\`", "\\*", "\\ ") },
      { weight: 1, arbitrary: nasty.filter((text) => text !== '"') },
    ),
    { maxLength: 5 },
  )
  .map((parts) => `"${parts.join("")}"`);
const escaped = fc.constantFrom(...Array.from(" $`*?[]{}~#!=&|;<>()'\"\\a%")).map((text) => `\\${text}`);

const piece = fc.oneof(
  { weight: 30, arbitrary: plain },
  { weight: 12, arbitrary: inSingle },
  { weight: 12, arbitrary: inDouble },
  { weight: 6, arbitrary: escaped },
  { weight: 1, arbitrary: nasty },
);
const argument = fc.oneof(
  { weight: 20, arbitrary: fc.array(piece, { minLength: 1, maxLength: 4 }).map((all) => all.join("")) },
  { weight: 1, arbitrary: word },
);

/** A name, its letters quoted in different ways. */
const quotedName = fc
  .tuple(
    fc.constantFrom(...STUBS),
    fc.array(fc.constantFrom("", "'", '"', "\\"), { minLength: 6, maxLength: 6 }),
  )
  .map(([name, quotes]) =>
    Array.from(name)
      .map((letter, index) => {
        const quote = quotes[index] ?? "";
        if (quote === "\\") return /[a-z]/u.test(letter) ? `\\${letter}` : letter;
        return `${quote}${letter}${quote}`;
      })
      .join(""),
  );
const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...STUBS) },
  { weight: 8, arbitrary: quotedName },
  { weight: 2, arbitrary: fc.constantFrom("true", "false", ":", "[ -f x ]", "test a = b") },
  { weight: 1, arbitrary: word },
);
const blank = fc.constantFrom(" ", " ", " ", "  ", "\t");
const command = fc
  .tuple(name, fc.array(fc.tuple(blank, argument), { maxLength: 3 }))
  .map(([first, rest]) => [first, ...rest.flat()].join(""));
const operator = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom("&&", "||", ";", "|", " && ", " || ", " ; ", " | ") },
  { weight: 1, arbitrary: fc.constantFrom("&", "|&", ";;", "\n", " & ", ";|", "&&&", "<", ">") },
);
/** In front of a chain; most of these directories are there. */
const entering = fc
  .tuple(
    fc.constantFrom("cd", "c'd'", "cd --"),
    blank,
    fc.constantFrom(
      "/",
      ".",
      "..",
      "./",
      "'/'",
      "/usr",
      "/usr/../usr/",
      "\\/usr",
      "../no",
      "-",
      "a b",
      "$HOME",
    ),
    fc.constantFrom("&&", " && ", "\t&&", ";", "||", " | "),
  )
  .map((parts) => parts.join(""));
const shaped = fc
  .tuple(
    fc.oneof({ weight: 15, arbitrary: fc.constant("") }, { weight: 1, arbitrary: entering }),
    command,
    fc.array(fc.tuple(operator, command), { maxLength: 3 }),
    fc.constantFrom("", "", ";", " ", " ;"),
  )
  .map(([enter, first, rest, end]) => [enter, first, ...rest.flat(), end].join(""));
const noise = fc
  .array(fc.oneof(nasty, plain, fc.constantFrom("ok ", "no ", " tool")), { maxLength: 12 })
  .map((parts) => parts.join(""));

/** Shell texts: most of them nearly plain, some of them noise. */
export const shellTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: shaped },
  { weight: 1, arbitrary: noise },
);

/** Texts of one command; most are plain for every shell. */
export const plainTexts: fc.Arbitrary<string> = fc
  .tuple(command, fc.constantFrom("", "", " ", "  "))
  .map(([text, end]) => text + end);

/** The argvs that a shell starts for a parse; `undefined` where a result is not known. */
export function startedBy({ commands, operators }: ShellText, cwd: string): readonly string[] | undefined {
  const started: string[] = [];
  let directory = cwd;
  let status = 0;
  let running = true;
  for (const [index, words] of commands.entries()) {
    const before = operators[index - 1];
    if (before === "&&") running = status === 0;
    else if (before === "||") running = status !== 0;
    else if (before === ";") running = true;
    const argv = words.map(({ value }) => value);
    if (argv[0] === "[" || argv[0] === "test") return undefined;
    if (!running) continue;
    if (STUBS.includes(argv[0] ?? "")) started.push(JSON.stringify([...argv, directory]));
    // Plain only in front of everything else, where the directory is there.
    if (index === 0 && argv[0] === "cd") directory = resolve(cwd, argv.at(-1) ?? "");
    status = /^(?:no|false)/u.test(argv[0] ?? "") ? 1 : 0;
  }
  return started.toSorted();
}
