import { realServiceSystem } from "@openclaw/service-installer";
import type { CommandInput, CommandIo } from "../command.ts";
import { actOnService } from "../service/act-on-service.ts";

/** `openclaw node start`. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await actOnService("start", input, io, realServiceSystem(io.env));
}
