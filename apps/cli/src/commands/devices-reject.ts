import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { withGateway } from "../operator/operator-gateway.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";
import { resolveDevice } from "./devices-approve.ts";

/** `openclaw devices reject`: the request ends; the device may ask again. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const requestId = input.positionals["requestId"] ?? "";
  const answer = await withGateway(input, io, (gateway) => resolveDevice(gateway, "reject", requestId));
  if (flag(input, "json")) io.stdout.write(jsonLine(answer));
  else screenFor(input, io).line(`Rejected ${requestId}`);
  return EXIT.ok;
}
