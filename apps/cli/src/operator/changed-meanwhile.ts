import { CliError } from "../errors.ts";

/** The policy is not the one any more that the owner has seen. */
export function changedMeanwhile(): CliError {
  return new CliError(
    "policy-changed",
    "somebody else changed the policy in the meantime; nothing was written",
    ["run the command again"],
  );
}
