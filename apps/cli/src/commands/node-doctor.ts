import { readCaFile, type GatewayEndpoint, type GatewayProbe } from "@openclaw/gateway-connection";
import {
  lookAtServices,
  realServiceSystem,
  ServiceError,
  type ServiceSystem,
  type ServiceTarget,
  type ServiceWorld,
} from "@openclaw/service-installer";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import type { Check } from "../service/doctor-check.ts";
import { climbLadder } from "../service/climb-ladder.ts";
import { showChecks, showMended } from "../service/doctor-screen.ts";
import { mend, type Mended } from "../service/mend.ts";
import { isOthers, statusReport } from "../service/status-report.ts";
import { thisProgram, type ThisProgram } from "../service/this-program.ts";

/** What doctor asks of the world, besides the service manager and the files. */
export interface DoctorWorld {
  readonly program: () => ThisProgram;
  readonly probe: (endpoint: GatewayEndpoint, env: CommandIo["env"]) => Promise<GatewayProbe>;
}

/**
 * `openclaw node doctor`: climbs from the state directory to the Gateway and on to the service, and says at each rung
 * what was seen and what mends it. Changes nothing without `--fix`.
 */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await doctor(input, io, realServiceSystem(io.env));
}

export async function doctor(
  input: CommandInput,
  io: CommandIo,
  system: ServiceSystem,
  world: DoctorWorld = REAL,
): Promise<number> {
  const before = await statusReport(input, system);
  const own = !isOthers(before.paths, system);
  const fix = flag(input, "fix");
  const mended: readonly Mended[] = fix && own ? await mend(before, system, world.program()) : [];
  // What was mended must not be told as broken.
  const report = mended.length === 0 ? before : await statusReport(input, system);
  const checks: readonly Check[] = await climbLadder({
    input,
    report,
    system,
    world: await worldOf(system, report.target),
    probe: async (endpoint) => await world.probe(endpoint, system.env),
    own,
  });
  const failed = checks.some(({ level }) => level === "error") || mended.some(({ ok }) => !ok);
  if (flag(input, "json")) io.stdout.write(jsonPretty({ ok: !failed, ...(fix ? { mended } : {}), checks }));
  else {
    if (fix) showMended(mended, io);
    showChecks(checks, io);
  }
  return failed ? EXIT.failure : EXIT.ok;
}

const REAL: DoctorWorld = {
  program: thisProgram,
  probe: async (endpoint, env) => {
    const { probeGateway } = await import("@openclaw/gateway-connection");
    return await probeGateway(endpoint, { env, ca: await authoritiesOf(endpoint) });
  },
};

/** A file that cannot be used is what the probe itself will say. */
async function authoritiesOf({ tlsCaFile }: GatewayEndpoint): Promise<readonly string[] | undefined> {
  return tlsCaFile === undefined ? undefined : await readCaFile(tlsCaFile).catch(() => undefined);
}

async function worldOf(system: ServiceSystem, target: ServiceTarget): Promise<ServiceWorld | undefined> {
  try {
    return await lookAtServices(system, target);
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}
