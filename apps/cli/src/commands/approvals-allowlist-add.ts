import { addAllowlistEntry } from "@openclaw/approvals";
import type { CommandInput, CommandIo } from "../command.ts";
import { editAllowlist } from "../operator/edit-allowlist.ts";

/** `openclaw approvals allowlist add`: the program runs without asking from now on. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await editAllowlist(
    input,
    io,
    (entry) => (current) => addAllowlistEntry(current, { ...entry, now: Date.now() }),
    "Already allowlisted.",
  );
}
