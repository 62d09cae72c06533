import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { showPolicy } from "../operator/policy-screen.ts";
import { withPolicy } from "../operator/policy-target.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";

/** `openclaw approvals get`: shows a policy. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  await withPolicy(input, io, async (target) => {
    const view = await target.read();
    if (flag(input, "json")) io.stdout.write(jsonLine(view));
    else showPolicy(screenFor(input, io), target, view, Date.now());
  });
  return EXIT.ok;
}
