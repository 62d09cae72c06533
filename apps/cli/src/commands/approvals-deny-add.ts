import { addDenyEntry } from "@openclaw/approvals";
import { stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { editEntry } from "../operator/edit-entry.ts";
import { onThisMachineOnly } from "../operator/this-machine-only.ts";

/** `openclaw approvals deny add`: the program runs no more, whoever approves it. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  onThisMachineOnly(input, ["approvals", "deny", "add"]);
  const reason = stringOption(input, "reason");
  return await editEntry(input, io, {
    list: "deny",
    change: (entry) => (current) => addDenyEntry(current, { ...entry, reason }),
    unchanged: "Already denied.",
    adds: true,
  });
}
