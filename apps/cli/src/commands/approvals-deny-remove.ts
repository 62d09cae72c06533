import { removeDenyEntry } from "@openclaw/approvals";
import type { CommandInput, CommandIo } from "../command.ts";
import { editEntry } from "../operator/edit-entry.ts";
import { onThisMachineOnly } from "../operator/this-machine-only.ts";

/** `openclaw approvals deny remove`: the allowlist and the operators decide again. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  onThisMachineOnly(input, ["approvals", "deny", "remove"]);
  return await editEntry(input, io, {
    list: "deny",
    change: (entry) => (current) => removeDenyEntry(current, entry),
    unchanged: "Not among the deny entries.",
    adds: false,
  });
}
