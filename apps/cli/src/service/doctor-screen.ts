import type { CommandIo } from "../command.ts";
import type { Check, CheckLevel } from "./doctor-check.ts";
import type { Mended } from "./mend.ts";
import { say } from "./say.ts";

const WORDS: Readonly<Record<CheckLevel, string>> = {
  ok: "ok     ",
  note: "note   ",
  warning: "warning",
  error: "ERROR  ",
  "not-reached": "-      ",
};

/** The ladder for a person: verdict, evidence, and below it what to do. */
export function showChecks(checks: readonly Check[], io: CommandIo): void {
  for (const { id, level, text, remedy, command, on } of grouped(checks)) {
    say(io, `${WORDS[level]}  ${id}: ${text}`, " ".repeat(9));
    if (remedy !== undefined) say(io, `         what to do: ${remedy}`, " ".repeat(11));
    if (command !== undefined)
      say(io, `         ${on === "gateway" ? "on the Gateway" : "mend it with"}: ${command}`, " ".repeat(11));
  }
  const count = (wanted: CheckLevel): number => checks.filter(({ level }) => level === wanted).length;
  const [errors, warnings] = [count("error"), count("warning")];
  say(io, "");
  say(
    io,
    errors + warnings === 0
      ? "Nothing to mend."
      : `${errors} ${errors === 1 ? "error" : "errors"}, ${warnings} ${warnings === 1 ? "warning" : "warnings"}.`,
  );
}

/** Rungs in a row that were not reached for the same reason are one line. */
function grouped(checks: readonly Check[]): readonly Check[] {
  const lines: Check[] = [];
  for (const one of checks) {
    const last = lines.at(-1);
    if (one.level === "not-reached" && last?.level === "not-reached" && last.text === one.text)
      lines[lines.length - 1] = { ...last, id: `${last.id}, ${one.id}` };
    else lines.push(one);
  }
  return lines;
}

/** What `--fix` did, before the ladder that was climbed after it. */
export function showMended(mended: readonly Mended[], io: CommandIo): void {
  if (mended.length === 0) say(io, "Nothing that can be mended without you.");
  for (const { id, ok, text } of mended)
    say(io, `${ok ? "mended " : "LEFT   "}  ${id}: ${text}`, " ".repeat(9));
  say(io, "");
}
