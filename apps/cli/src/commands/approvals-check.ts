import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { checkHere } from "../operator/check-here.ts";
import { checkNode } from "../operator/check-node.ts";
import { checkDocument } from "../operator/check-report.ts";
import { showCheck } from "../operator/check-screen.ts";
import { withPolicy } from "../operator/policy-target.ts";
import { runWish } from "../operator/run-wish.ts";
import { jsonLine } from "../output/printable.ts";

/** `openclaw approvals check`: what would be decided about a command, gate by gate. Runs and writes nothing. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const wish = runWish(input, "openclaw approvals check");
  const named = ["url", "token", "password", "tls-fingerprint", "tls-ca", "header"].find(
    (name) => name in input.options,
  );
  if (named !== undefined && !("node" in input.options)) {
    throw new CliError("usage", `--${named} names a Gateway, but the policy of this machine is meant`, [
      "add --node <node> for a node's policy",
    ]);
  }
  const report = await withPolicy(input, io, async (target, place) =>
    place === undefined ? checkHere(input, io, wish) : await checkNode(target, place, wish),
  );
  if (flag(input, "json")) io.stdout.write(jsonLine(checkDocument(report, input)));
  else showCheck(report, input, io);
  return CODES[report.run.outcome];
}

const CODES = {
  allow: EXIT.ok,
  ask: EXIT.wouldAsk,
  deny: EXIT.wouldRefuse,
  invalid: EXIT.wouldRefuse,
} as const;
