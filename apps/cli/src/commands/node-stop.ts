import { realServiceSystem } from "@openclaw/service-installer";
import type { CommandInput, CommandIo } from "../command.ts";
import { actOnService } from "../service/act-on-service.ts";

/** `openclaw node stop`. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await actOnService("stop", input, io, realServiceSystem(io.env));
}
