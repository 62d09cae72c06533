import { hash } from "node:crypto";
import { quoteArgv, quoteWord } from "@openclaw/approvals";
import type { Paint } from "../output/color.ts";
import { printable } from "../output/printable.ts";
import type { AlwaysEntry, PromptText } from "../host/watch-protocol.ts";
import { hardWrap } from "./hard-wrap.ts";

export const BLOCK_LIMITS = {
  /** Characters of one value that are shown before all of it is asked for. */
  shownChars: 1200,
  /** Of these, how many from the end: what matters may stand there. */
  tailChars: 300,
  /** Different characters beyond ASCII that are named. */
  namedCharacters: 8,
} as const;

/** What a person reads before an answer. */
export interface PromptBlock {
  readonly lines: readonly string[];
  /** Was everything shown? */
  readonly complete: boolean;
}

export interface BlockOptions {
  /** Cells of a line. */
  readonly width: number;
  /** Show everything, whatever its length. */
  readonly whole: boolean;
  readonly paint: Paint;
}

type Field = readonly [label: string, value: string];

const LABEL = 13;

/**
 * A prompt as a block of lines. Every line begins with a label of ours or with blanks: no text of a request
 * can begin a line of its own.
 */
export function promptBlock(prompt: PromptText, options: BlockOptions): PromptBlock {
  const fields = fieldsOf(prompt).map(([label, value]) => [label, printable(value)] as const);
  const lines: string[] = [];
  let complete = true;
  for (const [label, value] of fields) {
    if (value === "") continue;
    const shown = shorten(value, options.whole);
    complete &&= shown.complete;
    const cells = options.width - LABEL;
    const wrapped = shown.parts.flatMap((part) => hardWrap(part, cells));
    for (const [index, line] of wrapped.entries()) {
      const head = index === 0 ? options.paint("muted", `${label}:`.padEnd(LABEL)) : " ".repeat(LABEL);
      lines.push(head + (label === "Command" ? options.paint("accent", line) : line));
    }
  }
  return { lines, complete };
}

function fieldsOf(prompt: PromptText): Field[] {
  const { argv, starts, script, env, always } = prompt;
  const plain = sameTexts(argv.slice(1), starts.argv.slice(1));
  const started = plain ? quoteWord(starts.executable) : startedText(starts);
  const programs = plain
    ? ""
    : prompt.programs
        .map(
          ({ name, path }) =>
            `${quoteWord(name)} is ${path === null ? "part of the shell" : quoteWord(path)}`,
        )
        .join(", ");
  const overrides = Object.entries(env).map(([name, value]) => quoteWord(`${name}=${value}`));
  return [
    ["Agent", prompt.agentId ?? "(none named)"],
    ["Session", prompt.sessionKey ?? "(none named)"],
    ["Gateway", prompt.gateway],
    ["Command", quoteArgv(argv)],
    ["Starts", `${started}${ownName(starts)}`],
    ["Programs", programs],
    ["Script", script === null ? "" : `${quoteWord(script.path)} (sha256 ${script.sha256})`],
    ["Directory", quoteWord(prompt.cwd)],
    ["Environment", overrides.join(" ")],
    ["Note", lookAlikes(`${quoteArgv(argv)}${prompt.cwd}${started}${overrides.join("")}`)],
    ["Why asked", prompt.why],
    [
      "Always",
      always === null ? `not possible: ${prompt.whyNotAlways ?? "nothing can be added"}` : alwaysText(always),
    ],
  ];
}

/** A text that was put together again for a shell is read as it is; quoted once more nobody could read it. */
function startedText({ executable, argv }: PromptText["starts"]): string {
  const [, option, text, ...others] = argv;
  return option === "-c" && text !== undefined && others.length === 0
    ? `${quoteWord(executable)} -c with the text: ${text}`
    : quoteArgv([executable, ...argv.slice(1)]);
}

/** What "allow always" adds, in words: programs under the same conditions together. */
function alwaysText({
  agent,
  entries,
}: {
  readonly agent: string;
  readonly entries: readonly AlwaysEntry[];
}): string {
  const programs = entries.filter(({ pattern }) => !pattern.startsWith(MARK));
  const groups = new Map<string, string[]>();
  for (const entry of programs) {
    const under = conditions(entry);
    groups.set(under, [...(groups.get(under) ?? []), quoteWord(entry.pattern)]);
  }
  const added = [...groups].map(([under, paths]) => `${paths.join(", ")} (${under})`).join("; ");
  const mark =
    entries.length > programs.length ? "; and a mark for the Gateway, which allows nothing here" : "";
  return `adds for agent ${quoteWord(agent)}: ${added}${mark}`;
}

const MARK = "=node-command:";
const EXACT = "sha256:cwd-argv:";

function conditions({ argPattern, contentSha256, launchSha256 }: AlwaysEntry): string {
  const exact = argPattern?.startsWith(EXACT) === true;
  return [
    argPattern === undefined
      ? "any arguments, any directory"
      : exact
        ? "exactly these arguments, in this directory"
        : `arguments like ${quoteWord(argPattern)}`,
    ...(contentSha256 === undefined ? [] : ["while the file is unchanged"]),
    ...(launchSha256 === undefined ? [] : ["as part of this whole command"]),
  ].join(", ");
}

/** Some programs do what their name says, whatever the file is called. */
function ownName({ executable, argv }: PromptText["starts"]): string {
  const [name = ""] = argv;
  const base = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
  return base(name) === base(executable) ? "" : ` under the name ${quoteWord(name)}`;
}

/** Letters of other scripts can look like plain ones. */
function lookAlikes(text: string): string {
  const found = new Set<string>();
  for (const character of printable(text)) if (character > "\u007e") found.add(character);
  if (found.size === 0) return "";
  const named = [...found]
    .slice(0, BLOCK_LIMITS.namedCharacters)
    .map((each) => `${each} (U+${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")})`);
  const more = found.size > named.length ? ` and ${found.size - named.length} more` : "";
  return `holds characters that may look like others: ${named.join(", ")}${more}`;
}

interface Shown {
  readonly parts: readonly string[];
  readonly complete: boolean;
}

function shorten(text: string, whole: boolean): Shown {
  const { shownChars, tailChars } = BLOCK_LIMITS;
  if (whole || text.length <= shownChars) return { parts: [text], complete: true };
  // Whole characters: half of a pair shows as something else.
  const head = text.slice(0, shownChars - tailChars).replace(/[\ud800-\udbff]$/u, "");
  const tail = text.slice(-tailChars).replace(/^[\udc00-\udfff]/u, "");
  const hidden = text.length - head.length - tail.length;
  const gap = `[… ${hidden} of ${text.length} characters are not shown; sha256 of all ${hash("sha256", text)}; [s] shows all …]`;
  return { parts: [head, gap, tail], complete: false };
}

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, index) => text === right[index]);
}
