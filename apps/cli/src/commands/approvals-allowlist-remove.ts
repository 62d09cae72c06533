import { removeAllowlistEntry } from "@openclaw/approvals";
import type { CommandInput, CommandIo } from "../command.ts";
import { editEntry } from "../operator/edit-entry.ts";

/** `openclaw approvals allowlist remove`: the program asks again from now on. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await editEntry(input, io, {
    list: "allowlist",
    change: (entry) => (current) => removeAllowlistEntry(current, entry),
    unchanged: "Pattern not found.",
    adds: false,
  });
}
