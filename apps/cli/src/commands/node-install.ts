import {
  applyPlan,
  lookAtServices,
  planInstall,
  realServiceSystem,
  type ServicePlan,
  type ServiceSystem,
} from "@openclaw/service-installer";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { installOrder, type InstallOrder } from "../service/install-spec.ts";
import { showInstalled, showPlan } from "../service/install-screen.ts";
import { planDocument } from "../service/plan-document.ts";
import {
  failedResult,
  failureOf,
  noteText,
  reportFailure,
  successDocument,
} from "../service/service-report.ts";
import { thisProgram, type ThisProgram } from "../service/this-program.ts";

/** `openclaw node install`: the node host as a background service. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await install(input, io, realServiceSystem(io.env), thisProgram());
}

export async function install(
  input: CommandInput,
  io: CommandIo,
  system: ServiceSystem,
  program: ThisProgram,
): Promise<number> {
  try {
    const order = await installOrder(await pairedBefore(input, io, system), system, program);
    const plan = planInstall(order.spec, await lookAtServices(system, order.spec));
    if (flag(input, "dry-run") || flag(input, "print")) return tell(plan, order, input, io);
    const result = await applyPlan(plan, system);
    if (!result.ok) return reportFailure(failedResult(result, order.spec, order.warnings), input, io);
    const warnings = [...order.warnings, ...result.warnings.map((note) => noteText(note, order.spec))];
    if (flag(input, "json")) io.stdout.write(jsonPretty(successDocument(result, warnings)));
    else await showInstalled(result, order, warnings, io, system);
    return EXIT.ok;
  } catch (error) {
    const failure = failureOf("install", error);
    if (failure === undefined) throw error;
    return reportFailure(failure, input, io);
  }
}

/** A code is redeemed here and now, so that none lands in what starts the service. */
async function pairedBefore(
  input: CommandInput,
  io: CommandIo,
  system: ServiceSystem,
): Promise<CommandInput> {
  if (!["pair", "pair-file"].some((name) => name in input.options)) return input;
  const { pairForService } = await import("../pairing/pair-by-options.ts");
  return await pairForService(input, { ...io, env: system.env });
}

/** `--dry-run` and `--print`: what would be done; nothing is. */
function tell(plan: ServicePlan, order: InstallOrder, input: CommandInput, io: CommandIo): number {
  const warnings = [...order.warnings, ...plan.warnings.map((note) => noteText(note, order.spec))];
  const { outcome, action } = plan;
  if (outcome.kind === "refused") {
    const { message, hints } = outcome.problem;
    return reportFailure({ action, message, hints, warnings }, input, io);
  }
  if (flag(input, "json")) io.stdout.write(jsonPretty(planDocument(plan, warnings)));
  else showPlan(plan, warnings, io);
  return EXIT.ok;
}
