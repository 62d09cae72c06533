import { quoteArgv } from "@openclaw/approvals";
import type { CommandInput, CommandIo } from "../command.ts";
import { printable } from "../output/printable.ts";
import { screenFor, type Screen } from "../output/screen.ts";
import { padText } from "../output/text-width.ts";
import { wrapText } from "../output/wrap-text.ts";
import { commandLine, type CheckReport } from "./check-report.ts";
import type { CheckGate, DryRun, DryStart } from "../host/dry-run.ts";

/** Characters of a command that are shown; `--json` has the whole. */
const SHOWN_CHARS = 400;
const MIN_COLUMNS = 40;
const NAME_CELLS = 20;
const PART_INDENT = " ".repeat(8);

const TITLES: Readonly<Record<DryRun["outcome"], string>> = {
  allow: "It would run without asking.",
  ask: "An operator would be asked.",
  deny: "It would be refused.",
  invalid: "It would be refused: the request is not valid.",
};

const PAUSED = "It would run without asking, but the node host is paused.";

const MARKS: Readonly<Record<CheckGate["status"], string>> = {
  passed: "pass",
  failed: "FAIL",
  unknown: "?",
  "not-reached": "-",
};

/** Shows a dry run in at most the width of the terminal; only commands to paste are never broken. */
export function showCheck(report: CheckReport, input: CommandInput, io: CommandIo): void {
  const screen = screenFor(input, io);
  const width = Math.max(MIN_COLUMNS, io.stdout.columns ?? 80);
  const text: Write = (line, indent, mark = "") => {
    const hanging = indent + " ".repeat(mark.length);
    for (const each of wrapText(`${indent}${mark}${printable(line)}`, width, hanging)) screen.line(each);
  };
  const { run, certain, limits } = report;
  const title = run.outcome === "allow" && report.host?.paused === true ? PAUSED : TITLES[run.outcome];
  screen.heading(certain ? title : `As far as can be seen from here: ${lower(title)}`);
  text(run.sentence, "  ");
  screen.line();
  screen.fields(fieldsOf(report));
  screen.line();
  screen.line("Gates in order  (> decides, - not reached, ? not known)");
  for (const gate of run.gates) showGate(screen, gate, width);
  showParts(run, screen, text);
  showRemedy(report, input, screen, text);
  if (limits.length === 0) return;
  screen.line();
  screen.line("What this cannot know");
  for (const limit of limits) text(limit, "  ", "- ");
}

/** Writes a text behind an indent and a mark; further lines stand below its beginning. */
type Write = (line: string, indent: string, mark?: string) => void;

function fieldsOf(report: CheckReport): readonly (readonly [string, string])[] {
  const { target, policy, argv, wish, run, host } = report;
  const { start } = run;
  return [
    ["Command", shortened(quoteArgv(argv))],
    ["Agent", wish.agentId],
    ["Directory", wish.cwd ?? (host === undefined ? "" : `${host.cwd} (the node host's own)`)],
    ["Policy", `${target}, ${policy.path}${policy.exists ? "" : " (no file yet)"}`],
    ["Asked", host === undefined ? "" : `the running node host, process ${host.pid}`],
    ["Paused", host?.paused === true ? "yes: until it is resumed, every run is refused" : ""],
    ["Starts", start === undefined ? "" : shortened(startText(start))],
  ];
}

/** The text for a shell is shown as the shell reads it: in quotes within quotes nobody could. */
function startText({ executable, argv }: DryStart): string {
  const [, option, text] = argv;
  return option === "-c" && text !== undefined && argv.length === 3
    ? `${quoteArgv([executable, option])} ${text}`
    : quoteArgv([executable, ...argv.slice(1)]);
}

function showGate(screen: Screen, { name, status, detail, decided }: CheckGate, width: number): void {
  const head = `${decided === undefined ? " " : ">"} ${padText(MARKS[status], 4)}  `;
  const indent = " ".repeat(head.length + NAME_CELLS);
  const lines = wrapText(
    `${padText(name, NAME_CELLS)}${printable(detail)}`.trimEnd(),
    width - head.length,
    "",
  );
  const [first = "", ...more] = lines;
  screen.line(`${head}${first}`);
  // The rest is wrapped anew, because it stands in the column of the words.
  const rest = more.join(" ");
  if (rest !== "") for (const line of wrapText(`${indent}${rest}`, width, indent)) screen.line(line);
}

/** The parts, where the list was asked about them; with `full` it was not, whatever it says. */
function showParts({ segments, gates, sentence }: DryRun, screen: Screen, text: Write): void {
  const { status } = gates.find(({ name }) => name === "allowlist") ?? { status: "not-reached" };
  if (status === "not-reached" || segments.length === 0) return;
  const counts = status === "failed" || segments.every(({ covered }) => covered);
  screen.line();
  screen.line("Parts");
  for (const { typed, resolved, covered, detail } of segments) {
    text(shortened(quoteArgv(typed)), "  ", !counts ? "-     " : covered ? "pass  " : "FAIL  ");
    if (resolved !== undefined) text(quoteArgv([resolved]), PART_INDENT);
    // What stands above need not be read twice.
    if (counts && !sentence.startsWith(detail)) text(detail, PART_INDENT);
  }
}

function showRemedy(report: CheckReport, input: CommandInput, screen: Screen, text: Write): void {
  const { run, certain } = report;
  const { steps, proven } = run.remedy;
  if (steps.length > 0) {
    screen.line();
    screen.line(
      proven ? (certain ? "To allow it" : "What should allow it") : "No allowlist entry allows it; instead",
    );
    for (const step of steps) {
      text(step.command === undefined ? step.text : `${step.text}:`, "  ", "- ");
      if (step.command !== undefined) screen.line(`    ${commandLine(step.command, report, input)}`);
    }
  }
  const { approval } = run;
  if (approval?.possible === true)
    text("Or answer when it is asked for: `allow-once` runs it this once.", "  ");
  else if (approval !== undefined) text(`Nor can it be approved: ${approval.why ?? ""}`, "  ");
}

function shortened(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= SHOWN_CHARS) return text;
  return `${characters.slice(0, SHOWN_CHARS).join("")}… (${characters.length} characters; --json shows all)`;
}

function lower(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}
