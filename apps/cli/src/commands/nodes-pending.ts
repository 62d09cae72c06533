import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { withGateway } from "../operator/operator-gateway.ts";
import { listPending } from "../operator/pending-requests.ts";
import { showPending } from "../operator/pending-screen.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";

/** `openclaw nodes pending`: what waits for approval, new devices and command surfaces. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const pending = await withGateway(input, io, listPending);
  if (flag(input, "json")) {
    io.stdout.write(jsonLine(pending.json.pending));
    return EXIT.ok;
  }
  const screen = screenFor(input, io);
  if (pending.surfaces.length + pending.devices.length === 0) {
    screen.line("No pending pairing requests.");
    screen.line("A node asks when it connects: openclaw node run --host <this Gateway>");
    return EXIT.ok;
  }
  showPending(screen, pending, Date.now());
  return EXIT.ok;
}
