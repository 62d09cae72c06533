import type { CommandInput, CommandIo } from "../command.ts";
import { runDemo } from "../demo/demo.ts";
import { EXIT } from "../exit-codes.ts";
import { wantsColor } from "../output/color.ts";

/** `openclaw gateway demo`: the whole story in a few seconds, every command for real. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  await runDemo(io, wantsColor(io.stdout, io.env, input));
  return EXIT.ok;
}
