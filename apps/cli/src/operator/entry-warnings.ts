import { lintPolicy, loadPolicy, type Facts, type Finding } from "@openclaw/approvals";
import type { CommandIo } from "../command.ts";
import { printable } from "../output/printable.ts";
import { linesFor } from "../output/wrap-text.ts";
import type { PolicyView } from "./policy-target.ts";

export interface AddedEntry {
  readonly list: "allowlist" | "deny";
  readonly agent: string;
  readonly pattern: string;
  readonly argPattern?: string | undefined;
}

/** Says on standard error what is doubtful about an entry that was just added; the owner asked for it, so it stays. */
export function warnAboutEntry(io: CommandIo, view: PolicyView, added: AddedEntry, facts?: Facts): void {
  for (const { severity, message } of findingsFor(view, added, facts)) {
    const word = severity === "note" ? "note" : "warning";
    const line = `openclaw: ${word}: \`${printable(added.pattern)}\`: ${printable(message)}`;
    io.stderr.write(`${linesFor(io.stderr, line, "  ").join("\n")}\n`);
  }
}

function findingsFor(view: PolicyView, added: AddedEntry, facts?: Facts): readonly Finding[] {
  const policy = loadPolicy(JSON.stringify({ ...view.file, version: 1 }));
  if (policy.kind !== "ok") return [];
  return lintPolicy(policy, facts).filter(
    ({ list, agent, pattern, argPattern }) =>
      list === added.list &&
      agent === added.agent &&
      pattern === added.pattern &&
      argPattern === added.argPattern,
  );
}
