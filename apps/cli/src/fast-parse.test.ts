import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "./commands.ts";
import type { CommandSpec } from "./command.ts";
import { fastParse } from "./fast-parse.ts";
import { fullParse, type FullParse } from "./full-parse.ts";
import { GLOBAL_OPTIONS } from "./option-sets.ts";

const nodeRun = COMMANDS.find(({ path }) => path.join(" ") === "node run");
if (nodeRun === undefined) throw new Error("no `node run`");
const spec: CommandSpec = nodeRun;

const names = Object.keys({ ...GLOBAL_OPTIONS, ...spec.options });
const value = fc.oneof(
  fc.constantFrom(
    "1",
    "0",
    "65535",
    "018",
    "1e3",
    "-1",
    "debug",
    "loud",
    "127.0.0.1",
    "",
    " ",
    "a b",
    "--",
    "-x",
  ),
  fc.constantFrom(
    '"quoted"',
    "'quoted'",
    '"',
    "a=b",
    "=",
    "true",
    "false",
    "null",
    "__proto__",
    "0x10",
    "9".repeat(30),
  ),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...names) },
  fc.constantFrom("help", "version", "json", "token", "displayName", "constructor", "__proto__", "no-dev"),
);
const word: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(name, value).map(([option, text]) => [`--${option}`, text]) },
  { weight: 4, arbitrary: fc.tuple(name, value).map(([option, text]) => [`--${option}=${text}`]) },
  { weight: 4, arbitrary: fc.constantFrom("--tls", "--no-tls", "--dev", "--no-color").map((text) => [text]) },
  value.map((text) => [text]),
  fc.constantFrom("-h", "-V", "-v", "-p", "--", "-", "node", "run").map((text) => [text]),
);
const argv = fc
  .tuple(fc.array(word, { maxLength: 2 }), fc.array(word, { maxLength: 4 }))
  .map(([before, after]) => [...before.flat(), "node", "run", ...after.flat()]);

async function full(words: readonly string[]): Promise<FullParse | string> {
  try {
    return await fullParse(COMMANDS, words, 80);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("fastParse", () => {
  it("says what the big parser says, or nothing", async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(argv, async (words) => {
        const input = fastParse(spec, words);
        if (input === undefined) return;
        answered += 1;
        expect(await full(words)).toEqual({ kind: "command", spec, input });
      }),
      { numRuns: 600 },
    );
    expect(answered).toBeGreaterThan(20);
  });

  it.each([
    ["nothing but the command", ["node", "run"], {}],
    [
      "all kinds of options",
      ["--dev", "node", "run", "--host", "gw", "--port=18789", "--tls"],
      { dev: true, host: "gw", port: 18_789, tls: true },
    ],
    ["a value that begins with a dash", ["node", "run", "--display-name=-x"], { "display-name": "-x" }],
  ])("takes %s", (_what, words, options) => {
    expect(fastParse(spec, words)).toEqual({ options, positionals: {}, rest: [] });
  });

  it.each([
    ["an unknown option", ["node", "run", "--bogus"]],
    ["an option twice", ["node", "run", "--port", "1", "--port", "2"]],
    ["a switch twice", ["node", "run", "--tls", "--tls"]],
    ["an empty value", ["node", "run", "--host="]],
    ["a missing value", ["node", "run", "--host"]],
    ["a number that is none", ["node", "run", "--port", "1e3"]],
    ["a choice that is none", ["node", "run", "--log-level", "loud"]],
    ["words after `--`", ["node", "run", "--", "x"]],
    ["the command after `--`", ["--", "node", "run"]],
    ["the command as one word", ["node run"]],
    ["another command", ["node", "identity"]],
    ["a word too many", ["node", "run", "now"]],
    ["help", ["node", "run", "--help"]],
  ])("leaves %s to the big parser", (_what, words) => {
    expect(fastParse(spec, words)).toBeUndefined();
  });
});
