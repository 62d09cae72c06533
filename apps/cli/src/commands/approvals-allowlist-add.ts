import { addAllowlistEntry } from "@openclaw/approvals";
import type { CommandInput, CommandIo } from "../command.ts";
import { editEntry } from "../operator/edit-entry.ts";

/** `openclaw approvals allowlist add`: the program runs without asking from now on. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await editEntry(input, io, {
    list: "allowlist",
    change: (entry) => (current) => addAllowlistEntry(current, { ...entry, now: Date.now() }),
    unchanged: "Already allowlisted.",
    adds: true,
  });
}
