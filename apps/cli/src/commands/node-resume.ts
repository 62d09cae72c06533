import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { say } from "../service/say.ts";
import { tellHost } from "../service/tell-host.ts";
import { statePathsFor } from "../state.ts";

/** `openclaw node resume`: runs may start again. No failure where they might already. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const { resumed } = await tellHost(statePathsFor(input, io), "resume");
  if (flag(input, "json")) io.stdout.write(jsonPretty({ ok: true, resumed: resumed === true }));
  else say(io, resumed === true ? "Resumed: runs may start again." : "It was not paused: runs may start.");
  return EXIT.ok;
}
