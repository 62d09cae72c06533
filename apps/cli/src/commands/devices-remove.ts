import { devicePairListSchema, type PairedDevice } from "@openclaw/protocol";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { parseAnswer, withGateway, type OperatorGateway } from "../operator/operator-gateway.ts";
import { jsonLine, printable } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";

/** Characters from which on the beginning of a device id is enough. */
const PREFIX_CHARS = 8;

/** `openclaw devices remove`: the device must be paired anew before it can connect again. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const wanted = input.positionals["deviceId"]?.trim() ?? "";
  const { answer, device, own } = await withGateway(input, io, async (gateway) => {
    if (!gateway.has("device.pair.remove")) {
      throw new CliError(
        "not-supported",
        "this Gateway cannot remove devices (it has no device.pair.remove)",
        ["update the Gateway"],
      );
    }
    const found = await findDevice(gateway, wanted);
    const removed = await gateway.call("device.pair.remove", { deviceId: found.deviceId });
    const isOwn = found.deviceId === gateway.deviceId;
    if (isOwn) await gateway.dropToken();
    return { answer: removed, device: found, own: isOwn };
  });
  if (flag(input, "json")) {
    io.stdout.write(jsonLine(answer));
    return EXIT.ok;
  }
  const screen = screenFor(input, io);
  screen.line(
    `Removed ${device.deviceId}${device.displayName === undefined ? "" : ` (${device.displayName})`}`,
  );
  if (own) screen.line("That was this operator itself; its next command must be paired anew.");
  return EXIT.ok;
}

async function findDevice(gateway: OperatorGateway, wanted: string): Promise<PairedDevice> {
  const answer = await gateway.call("device.pair.list", {});
  const { paired } = parseAnswer(devicePairListSchema, answer, "device.pair.list");
  const exact = paired.find(({ deviceId }) => deviceId === wanted);
  if (exact !== undefined) return exact;
  const matches =
    wanted.length < PREFIX_CHARS ? [] : paired.filter(({ deviceId }) => deviceId.startsWith(wanted));
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return only;
  throw new CliError(
    "unknown-request",
    matches.length > 1
      ? `several paired devices begin with \`${printable(wanted)}\``
      : `no paired device \`${printable(wanted)}\``,
    [`openclaw devices list shows them; the first ${PREFIX_CHARS} characters of an id are enough`],
  );
}
