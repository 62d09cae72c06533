import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { PAUSE_LIMITS } from "../host/pause-file.ts";
import { jsonPretty } from "../output/printable.ts";
import { pauseHost, sayPaused } from "../service/pause-host.ts";
import { spanOption } from "../span.ts";
import { statePathsFor } from "../state.ts";

/** `openclaw node pause`: no new run starts until it is resumed, by hand or by the clock. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const forMs = spanOption(input, "for", PAUSE_LIMITS.forMs);
  const paused = await pauseHost(statePathsFor(input, io), { forMs, keep: flag(input, "keep") });
  if (flag(input, "json")) io.stdout.write(jsonPretty({ ok: true, paused }));
  else sayPaused(paused, io);
  return EXIT.ok;
}
