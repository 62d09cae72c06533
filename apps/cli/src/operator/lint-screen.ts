import { quoteArgv, quoteWord } from "@openclaw/approvals";
import type { CommandIo } from "../command.ts";
import { printable } from "../output/printable.ts";
import type { Screen } from "../output/screen.ts";
import { linesFor } from "../output/wrap-text.ts";
import type { PlacedFinding, SeverityCounts } from "./lint-report.ts";

const COLORS = { error: "error", warning: "warn", note: "info" } as const;

/** A finding in a few lines: how bad, which, where, what, and the commands that mend it. */
export function showFinding(screen: Screen, io: CommandIo, finding: PlacedFinding, option: string): void {
  const { severity, code, message, pattern, argPattern } = finding;
  const write = (text: string): void => {
    for (const line of linesFor(io.stdout, `  ${printable(text)}`, "    ")) io.stdout.write(`${line}\n`);
  };
  io.stdout.write(`${screen.paint(COLORS[severity], severity)} ${code}${printable(placeText(finding))}\n`);
  if (pattern !== undefined) {
    write(`${quoteWord(pattern)}${argPattern === undefined ? "" : ` with ${quoteWord(argPattern)}`}`);
  }
  write(message);
  const fix = fixText(finding, option);
  if (fix !== undefined) write(`mend: ${fix}`);
}

/** What to type; a policy elsewhere is named. */
export function fixText({ fix }: PlacedFinding, option: string): string | undefined {
  return fix?.map((words) => `${quoteArgv(words)}${option}`).join(" && ");
}

function placeText({ agent, list, index, line, column }: PlacedFinding): string {
  const parts = [
    ...(agent === undefined ? [] : [`agent ${agent === "*" ? agent : quoteWord(agent)}`]),
    ...(index === undefined ? [] : [`${list === "deny" ? "deny entry" : "entry"} ${index + 1}`]),
    ...(line === undefined ? [] : [`line ${line}, column ${column ?? 1}`]),
  ];
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

export function countsText({ error, warning, note }: SeverityCounts): string {
  const some = (count: number, word: string): readonly string[] =>
    count === 0 ? [] : [`${count} ${word}${count === 1 ? "" : "s"}`];
  const parts = [...some(error, "error"), ...some(warning, "warning"), ...some(note, "note")];
  return parts.length === 0 ? "Nothing to complain about." : `${parts.join(", ")}.`;
}
