import { quoteArgv } from "@openclaw/approvals";
import { flag, stringOption, type CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";
import { denyIsLocal } from "./remote-policy.ts";

/** Options of these commands that mean the same on the other machine. */
const KEPT = ["agent", "arg-pattern", "reason"] as const;

/** Deny entries of another machine are beyond every Gateway: says so before anything is asked. */
export function onThisMachineOnly(input: CommandInput, path: readonly string[]): void {
  const node = stringOption(input, "node");
  const gateway = flag(input, "gateway");
  if (node !== undefined && gateway) throw new CliError("usage", "give --node or --gateway, not both");
  if (node === undefined && !gateway) return;
  if (gateway) {
    throw new CliError(
      "local-only",
      "a Gateway's own policy has no deny entries: only node hosts of this kind know them; nothing was changed",
      ["on a node, run openclaw approvals deny add there"],
    );
  }
  const options = KEPT.flatMap((name) => {
    const value = stringOption(input, name);
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  throw denyIsLocal(quoteArgv(["openclaw", ...path, input.positionals["pattern"] ?? "", ...options]));
}
