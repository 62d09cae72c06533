import { StoreError } from "@openclaw/config-store";
import { ConnectionError, type GatewayEndpoint, type GatewayProbe } from "@openclaw/gateway-connection";
import type { ServiceSystem, ServiceWorld } from "@openclaw/service-installer";
import type { CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";
import { planNodeFile } from "../host/node-settings.ts";
import { accessChecks } from "./access-checks.ts";
import { runtimeCheck } from "./choose-runtime.ts";
import { check, notReached, type Check } from "./doctor-check.ts";
import { inLadderOrder, NETWORK_RUNGS } from "./doctor-rungs.ts";
import { identityChecks } from "./identity-checks.ts";
import { machineChecks } from "./machine-checks.ts";
import { networkChecks } from "./network-checks.ts";
import { readSavedFacts, type SavedFacts } from "./saved-facts.ts";
import { ADDRESS_OPTIONS } from "../option-sets.ts";
import { serviceOptions } from "./service-options.ts";
import { serviceChecks } from "./service-checks.ts";
import { policyChecks, stateChecks } from "./state-checks.ts";
import type { StatusReport } from "./status-report.ts";

export interface LadderQuestion {
  readonly input: CommandInput;
  readonly report: StatusReport;
  readonly system: ServiceSystem;
  readonly world: ServiceWorld | undefined;
  readonly probe: (endpoint: GatewayEndpoint) => Promise<GatewayProbe>;
  /** False for the service of another account, whose files are that account's business. */
  readonly own: boolean;
}

/** Every rung of doctor-rungs.ts, in that order. */
export async function climbLadder(question: LadderQuestion): Promise<readonly Check[]> {
  const { report, system, world, own } = question;
  const { paths, service } = report;
  const { bun, node } = process.versions;
  const runtime = bun === undefined ? runtimeCheck(node) : check("runtime", "ok", `Bun ${bun}`);
  if (!own)
    return [
      runtime,
      check("state-directory", "note", `\`${paths.stateDir}\` is another account's; ask as that account`),
      ...serviceChecks(report, world),
    ];
  const saved = readSavedFacts(paths, system.env);
  const network = await wayChecks(question, saved);
  const blocked = network.find(({ level }) => level === "error")?.id;
  return inLadderOrder([
    runtime,
    ...stateChecks(paths, saved, system.env),
    ...network,
    ...accessChecks({ report, saved, env: system.env, blockedBy: blocked }),
    ...policyChecks(saved),
    ...(await machineChecks(paths, system.env, service.command?.environment["PATH"])),
    ...serviceChecks(report, world),
    ...identityChecks(report, saved),
  ]);
}

/** From the address that `node run` would use to the challenge. */
async function wayChecks(
  { input, report, system, probe }: LadderQuestion,
  saved: SavedFacts,
): Promise<readonly Check[]> {
  const id = "gateway-address";
  const unreached = (because: string): readonly Check[] =>
    NETWORK_RUNGS.map((rung) => notReached(rung, because));
  const asked = withServiceAddress(input, report);
  const named = saved.gateway !== undefined || ADDRESS_OPTIONS.some((name) => name in asked.options);
  if (!named && saved.nodeId === undefined && report.host === undefined && saved.problems.length === 0)
    return [
      check(id, "note", "no Gateway is saved yet", "openclaw node run --host <gateway>"),
      ...unreached("no Gateway is saved yet"),
    ];
  try {
    const { node, endpoint } = planNodeFile(report.paths.nodeFile, asked, system.env);
    return [
      check(id, "ok", endpoint.url),
      ...networkChecks(await probe(endpoint), {
        endpoint,
        connected: report.host?.link?.phase === "ready" && report.host.gateway === endpoint.url,
        hasHeaders: Object.keys(node.gateway.headers ?? {}).length > 0,
      }),
    ];
  } catch (error) {
    const expected =
      error instanceof CliError || error instanceof ConnectionError || error instanceof StoreError;
    if (!expected || (error instanceof CliError && error.code === "bad-option")) throw error;
    return [check(id, "error", error.message), ...unreached(`\`${id}\` is in the way`)];
  }
}

/** Where nothing else is typed, the service's own words count: they outrank what is saved at its next start. */
function withServiceAddress(input: CommandInput, { service }: StatusReport): CommandInput {
  const typed = ADDRESS_OPTIONS.some((name) => name in input.options);
  if (typed || service.origin !== "ours" || service.command === undefined) return input;
  const options = serviceOptions(service.command.programArguments) ?? {};
  const address = [...ADDRESS_OPTIONS, "header"].flatMap((name) =>
    name in options ? [[name, options[name]] as const] : [],
  );
  return { ...input, options: { ...input.options, ...Object.fromEntries(address) } };
}
