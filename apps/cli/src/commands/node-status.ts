import { realServiceSystem, type ServiceSystem } from "@openclaw/service-installer";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { statusDocument } from "../service/status-document.ts";
import { isReady, statusReport } from "../service/status-report.ts";
import { showStatus } from "../service/status-screen.ts";

/** `openclaw node status`: the service, the host, its Gateway, its policy. Changes nothing. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await status(input, io, realServiceSystem(io.env));
}

export async function status(input: CommandInput, io: CommandIo, system: ServiceSystem): Promise<number> {
  const report = await statusReport(input, system);
  if (flag(input, "json")) io.stdout.write(jsonPretty(statusDocument(report)));
  else showStatus(report, io, Date.now());
  return flag(input, "exit-code") && !isReady(report) ? EXIT.failure : EXIT.ok;
}
