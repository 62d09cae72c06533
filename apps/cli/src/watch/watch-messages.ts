import type { WatchEvent } from "../host/watch-protocol.ts";
import { printable } from "../output/printable.ts";
import { hardWrap } from "./hard-wrap.ts";

const SAID = {
  "allow-once": "Allowed once",
  "allow-always": "Allowed from now on",
  deny: "Denied",
} as const;

/** How a prompt ended; without a full stop, because it may go on. */
export function settledText(
  { how, decision, by = "" }: Extract<WatchEvent, { event: "settled" }>,
  self: string,
): string {
  if (how === "expired") return "Too late: nobody answered in time, the run was refused";
  if (how === "withdrawn" || decision === undefined) return "Withdrawn: the run is no longer asked for";
  return by === self ? SAID[decision] : `${SAID[decision]} elsewhere, by ${printable(by)}`;
}

/** What became of an allowed run. */
export function outcomeText(
  said: string,
  { started, why = "" }: Extract<WatchEvent, { event: "outcome" }>,
): string {
  return started ? `${said}; it has started.` : `${said}, but not run: ${printable(why)}.`;
}

/** A run that was refused without asking. */
export function refusedLines(refused: Extract<WatchEvent, { event: "refused" }>, width: number): string[] {
  const { agentId, command, commandChars, commandSha256, why } = refused;
  const cut =
    commandChars > command.length ? ` [… ${commandChars} characters in all; sha256 ${commandSha256}]` : "";
  const text = printable(`${agentId ?? "no agent"}: ${command}`) + cut;
  const indent = (line: string): string => `  ${line}`;
  return [
    "Refused without asking",
    ...hardWrap(text, width - 2).map(indent),
    ...hardWrap(printable(why), width - 2).map(indent),
  ];
}
