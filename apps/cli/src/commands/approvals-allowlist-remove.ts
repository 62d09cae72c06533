import { removeAllowlistEntry } from "@openclaw/approvals";
import type { CommandInput, CommandIo } from "../command.ts";
import { editAllowlist } from "../operator/edit-allowlist.ts";

/** `openclaw approvals allowlist remove`: the program asks again from now on. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await editAllowlist(
    input,
    io,
    (entry) => (current) => removeAllowlistEntry(current, entry),
    "Pattern not found.",
  );
}
