import {
  applyPlan,
  lookAtServices,
  planRestart,
  planStart,
  planStop,
  planUninstall,
  serviceNames,
  type ServicePlan,
  type ServiceResult,
  type ServiceSystem,
  type ServiceTarget,
  type ServiceWorld,
} from "@openclaw/service-installer";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { askHost } from "./host-answer.ts";
import { say, sayWarning } from "./say.ts";
import { findService } from "./service-place.ts";
import { failedResult, failureOf, noteText, reportFailure, successDocument } from "./service-report.ts";
import { serviceKind } from "./service-kind.ts";

type Managing = "start" | "stop" | "restart" | "uninstall";

const PLANS: Readonly<Record<Managing, (world: ServiceWorld) => ServicePlan>> = {
  start: planStart,
  stop: planStop,
  restart: planRestart,
  uninstall: planUninstall,
};

/** `openclaw node start|stop|restart|uninstall`. */
export async function actOnService(
  action: Managing,
  input: CommandInput,
  io: CommandIo,
  system: ServiceSystem,
): Promise<number> {
  try {
    if (action === "uninstall" && system.env["OPENCLAW_NIX_MODE"] === "1")
      throw new CliError("not-supported", "Nix mode detected; service uninstall is disabled.");
    const { target, paths } = await findService(input, system);
    const host = system.platform === "win32" ? await askHost(paths) : undefined;
    const asked = host?.pid === undefined ? target : { ...target, hostPid: host.pid };
    const result = await applyPlan(PLANS[action](await lookAtServices(system, asked)), system);
    if (!result.ok) return reportFailure(failedResult(result, target, []), input, io);
    report(result, target, input, io, system);
    return EXIT.ok;
  } catch (error) {
    const failure = failureOf(action, error);
    if (failure === undefined) throw error;
    return reportFailure(failure, input, io);
  }
}

function report(
  result: Extract<ServiceResult, { ok: true }>,
  target: ServiceTarget,
  input: CommandInput,
  io: CommandIo,
  system: ServiceSystem,
): void {
  const warnings = result.warnings.map((note) => noteText(note, target));
  if (flag(input, "json")) {
    io.stdout.write(jsonPretty(successDocument(result, warnings)));
    return;
  }
  say(io, sentence(result, target, system.platform));
  for (const warning of warnings) sayWarning(io, warning);
  for (const note of result.notes) say(io, noteText(note, target));
}

const VERBS: Readonly<Partial<Record<string, string>>> = {
  started: "Started",
  stopped: "Stopped",
  restarted: "Restarted",
};

/** The recorded sentences (service installer sections 3 to 6). */
function sentence(
  { result, message, definitionPath, service }: Extract<ServiceResult, { ok: true }>,
  target: ServiceTarget,
  platform: NodeJS.Platform,
): string {
  const kind = serviceKind(service);
  const { name } = serviceNames(platform, target.stateProfile);
  if (result !== "uninstalled") {
    const verb = VERBS[result];
    return verb === undefined ? (message ?? result) : `${verb} ${kind}: ${name}`;
  }
  if (message === undefined) return `Removed ${kind}: ${definitionPath ?? name}`;
  const capital = kind.charAt(0).toUpperCase() + kind.slice(1);
  return definitionPath === undefined
    ? `${capital} not found: ${name}`
    : `${capital} not found at ${definitionPath}`;
}
