import { realServiceSystem, type ServiceSystem } from "@openclaw/service-installer";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { statusDocument } from "../service/status-document.ts";
import { exitCodeOfStage } from "../service/node-stages.ts";
import { stageOf, statusReport } from "../service/status-report.ts";
import { showStatus } from "../service/status-screen.ts";

/** `openclaw node status`: the service, the host, its Gateway, its policy. Changes nothing. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await status(input, io, realServiceSystem(io.env));
}

export async function status(input: CommandInput, io: CommandIo, system: ServiceSystem): Promise<number> {
  const stage = flag(input, "watch") ? await watch(input, io, system) : await once(input, io, system);
  return flag(input, "exit-code") ? exitCodeOfStage(stage) : EXIT.ok;
}

async function once(input: CommandInput, io: CommandIo, system: ServiceSystem): Promise<string> {
  const report = await statusReport(input, system);
  if (flag(input, "json")) io.stdout.write(jsonPretty(statusDocument(report)));
  else showStatus(report, io, Date.now());
  return stageOf(report);
}

async function watch(input: CommandInput, io: CommandIo, system: ServiceSystem): Promise<string> {
  const { watchStatus } = await import("../service/watch-status.ts");
  return await watchStatus(input, io, system, { json: flag(input, "json") });
}
