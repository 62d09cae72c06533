import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { withGateway } from "../operator/operator-gateway.ts";
import { resolveNodeRequest } from "../operator/resolve-request.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";

/** `openclaw nodes reject`: the request ends; the node may ask again. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const requestId = input.positionals["requestId"] ?? "";
  const { kind, answer } = await withGateway(input, io, (gateway) =>
    resolveNodeRequest(gateway, "reject", requestId),
  );
  if (flag(input, "json")) io.stdout.write(jsonLine(answer));
  else {
    const what = kind === "device" ? "the device" : "the commands";
    screenFor(input, io).line(`Rejected ${what} of request ${requestId}.`);
  }
  return EXIT.ok;
}
