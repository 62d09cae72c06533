import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";
import { showPolicy } from "./policy-screen.ts";
import { withPolicy, type PolicyChange } from "./policy-target.ts";

/** The common part of `allowlist add` and `allowlist remove`: change, then show what is in force. */
export async function editAllowlist(
  input: CommandInput,
  io: CommandIo,
  change: (entry: { readonly pattern: string; readonly agent: string }) => PolicyChange,
  unchanged: string,
): Promise<number> {
  const pattern = input.positionals["pattern"] ?? "";
  const agent = stringOption(input, "agent") ?? "*";
  await withPolicy(input, io, async (target) => {
    const { changed, view } = await target.edit(change({ pattern, agent }));
    if (flag(input, "json")) io.stdout.write(jsonLine(view));
    else {
      const screen = screenFor(input, io);
      if (changed) showPolicy(screen, target, view, Date.now());
      else screen.line(unchanged);
    }
  });
  return EXIT.ok;
}
