import {
  describePlan,
  readServiceStatus,
  serviceNames,
  type ServicePlan,
  type ServiceResult,
  type ServiceSystem,
} from "@openclaw/service-installer";
import type { CommandIo } from "../command.ts";
import { connectionText } from "../host/status-text.ts";
import { terminalText } from "../output/printable.ts";
import { askSettledHost, type HostAnswer } from "./host-answer.ts";
import type { InstallOrder } from "./install-spec.ts";
import { say, sayWarning } from "./say.ts";
import { serviceKind } from "./service-kind.ts";
import { commandFor } from "./service-place.ts";
import { noteText } from "./service-report.ts";

/** After an install: what is where, what is missing, and what to type next. */
export async function showInstalled(
  result: Extract<ServiceResult, { ok: true }>,
  order: InstallOrder,
  warnings: readonly string[],
  io: CommandIo,
  system: ServiceSystem,
): Promise<void> {
  const { spec } = order;
  if (result.result === "already-installed") {
    say(io, result.message ?? "Node service already installed.");
    say(io, `Reinstall with: ${commandFor(spec, "openclaw node install --force")}`);
    for (const warning of warnings) sayWarning(io, warning);
    return;
  }
  const kind = serviceKind(result.service);
  const windows = system.platform === "win32";
  const { name } = serviceNames(system.platform, spec.stateProfile);
  say(io, "");
  say(io, `Installed ${kind}: ${windows ? name : (result.definitionPath ?? name)}`);
  if (windows && result.definitionPath !== undefined) say(io, `Task script: ${result.definitionPath}`);
  if (result.backupPath !== undefined) say(io, `Previous unit backed up to: ${result.backupPath}`);
  if (order.url !== undefined) say(io, `Gateway: ${order.url}`);
  const host = await askSettledHost(order.paths);
  const { logs, runtime } = await readServiceStatus(system, spec);
  for (const line of logs) say(io, `Logs: ${line}`);
  for (const warning of warnings) sayWarning(io, warning);
  // What was replaced is said above.
  for (const note of result.notes)
    if (note.code !== "replaced-service" || result.backupPath === undefined) say(io, noteText(note, spec));
  if (host !== undefined) showHost(host, io);
  else if (runtime.status === "stopped")
    sayWarning(
      io,
      `the host ended soon after its start (exit code ${runtime.lastExitStatus ?? "unknown"}); its log says why`,
    );
  say(io, `Next: ${commandFor(spec, "openclaw node status")}`);
}

/** What the new host says of itself; above all, what somebody has to approve now. */
function showHost(host: HostAnswer, io: CommandIo): void {
  if (host.link === undefined) return;
  const { text, onGateway } = connectionText(
    host.link,
    host.surface ?? { stage: "unknown" },
    host.gateway ?? "the Gateway",
  );
  say(io, `Host: ${text}`);
  if (onGateway !== undefined) say(io, `On the Gateway: ${onGateway}`);
}

/** `--dry-run` and `--print`. Paths and texts stay whole: they are copied. */
export function showPlan(plan: ServicePlan, warnings: readonly string[], io: CommandIo): void {
  if (plan.outcome.kind === "by-hand") printFiles(plan, plan.outcome.instructions, io);
  else for (const line of describePlan(plan)) io.stdout.write(`${terminalText(line)}\n`);
  for (const warning of warnings) sayWarning(io, warning);
  if (plan.outcome.kind === "apply") say(io, "Nothing was done. Leave --dry-run out to do it.");
}

/** Every file as it is to be saved, then what to do with them. Of secrets only the names are shown. */
function printFiles(plan: ServicePlan, instructions: readonly string[], io: CommandIo): void {
  for (const step of plan.steps) {
    if (step.kind !== "write") continue;
    const { path, mode, text, secret } = step.file;
    const shown = secret === true ? text.replace(/=.*$/gmu, "=<value>") : text;
    say(io, `==> ${path} (mode ${mode.toString(8).padStart(4, "0")})`);
    io.stdout.write(`${terminalText(shown).trimEnd()}\n\n`);
  }
  say(io, "To install it by hand:");
  for (const line of instructions) io.stdout.write(`  ${terminalText(line)}\n`);
}
