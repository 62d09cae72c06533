import type { Facts } from "@openclaw/approvals";
import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";
import { statePathsFor } from "../state.ts";
import { warnAboutEntry } from "./entry-warnings.ts";
import { ownerFacts } from "./owner-facts.ts";
import { showPolicy } from "./policy-screen.ts";
import { withPolicy, type PolicyChange } from "./policy-target.ts";

/** An entry as the command line names it. */
export interface NamedEntry {
  readonly pattern: string;
  readonly agent: string;
  readonly argPattern?: string | undefined;
}

/** How a command changes one entry. */
export interface EntryCommand {
  readonly list: "allowlist" | "deny";
  readonly change: (entry: NamedEntry) => PolicyChange;
  /** What to say when nothing had to be done. */
  readonly unchanged: string;
  /** Whether the entry is there afterwards, and so can be doubtful. */
  readonly adds: boolean;
}

/** The common part of `allowlist` and `deny`, `add` and `remove`: change, then show what is in force. */
export async function editEntry(input: CommandInput, io: CommandIo, command: EntryCommand): Promise<number> {
  const { list, change, unchanged, adds } = command;
  const pattern = (input.positionals["pattern"] ?? "").trim();
  const agent = stringOption(input, "agent") ?? "*";
  const argPattern = stringOption(input, "arg-pattern");
  const entry: NamedEntry = { pattern, agent, ...(argPattern === undefined ? {} : { argPattern }) };
  await withPolicy(input, io, async (target) => {
    const { changed, view } = await target.edit(change(entry));
    if (adds && changed) warnAboutEntry(io, view, { list, ...entry }, factsFor(input, io, target.option));
    if (flag(input, "json")) io.stdout.write(jsonLine({ ...view, changed }));
    else {
      const screen = screenFor(input, io);
      if (changed) showPolicy(screen, target, view, Date.now());
      else screen.line(unchanged);
    }
  });
  return EXIT.ok;
}

/** Only the files of this machine can be looked at. */
function factsFor(input: CommandInput, io: CommandIo, option: string): Facts | undefined {
  return option === "" ? ownerFacts(io, statePathsFor(input, io)) : undefined;
}
