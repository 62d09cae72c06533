import { quoteArgv } from "@openclaw/approvals";
import type { CommandIo } from "../command.ts";
import { HOST_COMMANDS } from "../host/declared-commands.ts";
import type { LinkView, RunsView, SurfaceView } from "../host/host-status.ts";
import type { ConnectionText } from "../host/status-text.ts";
import { duration, timeAgo } from "../output/time-ago.ts";
import { localTime } from "../host/pause-text.ts";
import type { HostAnswer } from "./host-answer.ts";
import { say, sayError } from "./say.ts";
import { commandFor } from "./service-place.ts";
import type { StatusReport } from "./status-report.ts";

/** The recorded lines about the service, then what the host is doing, then what to type. */
export function showStatus(report: StatusReport, io: CommandIo, now: number): void {
  showService(report, io);
  showHost(report, io, now);
  showProblems(report, io);
}

function showService({ service }: StatusReport, io: CommandIo): void {
  const { service: facts, command, runtime } = service;
  const { label, loaded, loadedText, notLoadedText } = facts;
  say(io, `Service: ${label} (${loaded ? loadedText : notLoadedText})`);
  if (command !== undefined) {
    say(io, `Command: ${quoteArgv(command.programArguments)}`);
    say(io, `Service file: ${command.sourcePath}`);
    if (command.workingDirectory !== undefined) say(io, `Working dir: ${command.workingDirectory}`);
  }
  const facets = [
    runtime.pid === undefined ? "" : `pid ${runtime.pid}`,
    runtime.state === undefined || runtime.state.toLowerCase() === runtime.status
      ? ""
      : `state ${runtime.state}`,
    runtime.subState === undefined ? "" : `sub ${runtime.subState}`,
    runtime.lastExitStatus === undefined ? "" : `last exit ${runtime.lastExitStatus}`,
    runtime.lastExitReason === undefined ? "" : `reason ${runtime.lastExitReason}`,
    runtime.lastRunResult === undefined ? "" : `last run ${runtime.lastRunResult}`,
    runtime.lastRunTime === undefined ? "" : `last run time ${runtime.lastRunTime}`,
    runtime.detail ?? "",
  ].filter((facet) => facet !== "");
  say(io, `Runtime: ${runtime.status}${facets.length === 0 ? "" : ` (${facets.join(", ")})`}`);
}

function showHost(report: StatusReport, io: CommandIo, now: number): void {
  const { host, saved, connection, supervised, service } = report;
  const known = host ?? saved;
  if (host !== undefined) {
    const up = host.startedAt === undefined ? "" : `, up ${duration(now - host.startedAt)}`;
    const where = supervised ? "" : service.service.loaded ? ", not the service" : ", in the foreground";
    say(io, `Host: pid ${host.pid ?? "unknown"}, version ${host.version ?? "unknown"}${up}${where}`);
  } else {
    say(io, `Host: not running (version ${report.installedVersion})`);
    if (saved?.lastError !== undefined)
      say(io, `Last error: ${saved.lastError.why} (${timeAgo(saved.lastError.at, now)})`);
  }
  if (host?.link !== undefined && connection !== undefined) showLink(host, host.link, connection, io, now);
  else if (known?.gateway !== undefined) say(io, `Gateway: ${known.gateway}`);
  if (known?.deviceId !== undefined) say(io, `Node id: ${known.deviceId}`);
  if (known?.displayName !== undefined) say(io, `Display name: ${known.displayName}`);
  showPolicy(report, io);
  if (host?.paused !== undefined) {
    const { until, keep } = host.paused;
    const end = until === null ? "until it is resumed" : `until ${localTime(until)} (${timeAgo(until, now)})`;
    say(io, `Paused: no run starts ${end}${keep ? ", also after a restart" : ""}`);
    say(io, `Resume with: ${commandFor(report.target, "openclaw node resume")}`);
  }
  if (host?.activeRuns !== undefined) say(io, `Runs: ${runsText(host.activeRuns, host.runs)}`);
  if (host?.onDisconnect !== undefined)
    say(
      io,
      `Lost connection: runs ${host.onDisconnect === "continue" ? "go on; their results are kept here" : "end with it"}`,
    );
  showBrowser(report, io);
  if (host?.containment !== undefined) {
    const { kind, whyNotBetter } = host.containment;
    say(io, `Containment: ${kind}${whyNotBetter === undefined ? "" : ` (${whyNotBetter})`}`);
  }
}

/** A browser that is off on purpose is not worth a line. */
function showBrowser({ browser, host }: StatusReport, io: CommandIo): void {
  if (browser === undefined || browser.problem?.code === "browser-off") return;
  const { kind, path, problem } = browser;
  const running = (host?.browsers ?? []).map(
    ({ profile, tabs }) => `${profile}, ${tabs} ${tabs === 1 ? "tab" : "tabs"}`,
  );
  const state = running.length === 0 ? "not running" : `running: ${running.join("; ")}`;
  if (problem === undefined) say(io, `Browser: ${kind ?? "found"} (${path ?? "unknown"}), ${state}`);
  else say(io, `Browser: ${problem.text}${problem.command === undefined ? "" : `; ${problem.command}`}`);
}

function showLink(
  { gateway, surface, lastError }: HostAnswer,
  link: LinkView,
  connection: ConnectionText,
  io: CommandIo,
  now: number,
): void {
  say(io, `Gateway: ${gateway ?? "unknown"}`);
  const since = link.since > 0 ? `, since ${duration(Math.max(0, now - link.since))}` : "";
  const peer =
    link.gatewayVersion === undefined
      ? ""
      : ` (version ${link.gatewayVersion}, protocol ${link.protocol ?? "unknown"})`;
  const again =
    link.phase === "waiting" && link.retryAt !== undefined ? `; next try ${timeAgo(link.retryAt, now)}` : "";
  const text = link.phase === "ready" ? "connected" : connection.text;
  say(io, `Connection: ${text}${peer}${since}${again}`);
  if (link.state !== undefined) {
    const trip =
      link.roundTripMs === undefined ? "" : `, round trip ${Math.max(1, Math.round(link.roundTripMs))} ms`;
    const next =
      link.next === undefined || link.state === "ready" || connection.onGateway !== undefined
        ? ""
        : `; next: ${link.next}`;
    say(io, `Link: ${link.state}${trip}${next}`);
  }
  if (lastError !== undefined && lastError.why !== link.why)
    say(io, `Last error: ${lastError.why} (${timeAgo(lastError.at, now)})`);
  if (link.phase === "ready") {
    say(io, "Pairing: the Gateway has accepted this machine");
    say(io, `Commands: ${commandsText(surface)}`);
  } else if (link.cause === "pairing") {
    const request = link.requestId === undefined ? "" : ` (request ${link.requestId})`;
    say(io, `Pairing: the Gateway's operator has to accept this machine${request}`);
  }
  showCommands(surface, io);
}

/** A host of an older version tells only how many invokes it works on. */
function runsText(invokes: number, runs: RunsView | undefined): string {
  const active = runs?.active ?? invokes;
  const text = active === 0 ? "none" : `${active} active`;
  if (runs === undefined) return text;
  return `${text}${runs.queued === 0 ? "" : `, ${runs.queued} waiting`} (at most ${runs.limit} at once)`;
}

const EDITS: ReadonlyMap<string, string> = new Map([
  ["free", "may edit the policy"],
  ["narrow", "may only narrow the policy"],
  ["off", "may not edit the policy"],
]);

function showPolicy({ host, saved }: StatusReport, io: CommandIo): void {
  const state = host?.policyState ?? saved?.policyState;
  const policy = host?.policy ?? saved?.policy;
  if (policy !== undefined) {
    const { path, security, ask, askFallback } = policy;
    const values = `security ${security} · ask ${ask} · fallback ${askFallback}`;
    say(io, `Policy: ${state === "malformed" ? "malformed, every command is refused" : values}`);
    say(io, `Policy file: ${path}${state === "absent" ? " (not there yet)" : ""}`);
  }
  const { policyEdits, gatewayApprovals } = host ?? saved ?? {};
  if (policyEdits === undefined || gatewayApprovals === undefined) return;
  const may = EDITS.get(policyEdits) ?? `has policy edits: ${policyEdits}`;
  say(
    io,
    `Policy lock: the Gateway ${may}; its operator ${gatewayApprovals === "off" ? "may not" : "may"} approve single runs`,
  );
}

/** Names only where there is something to tell: all declared and all taken is the usual case. */
function showCommands({ declared, approved }: SurfaceView = { stage: "unknown" }, io: CommandIo): void {
  if (declared === undefined) return;
  const left = HOST_COMMANDS.filter((name) => !declared.includes(name));
  say(io, `Declared: ${left.length === 0 ? "all" : `${declared.join(", ")} (not ${left.join(", ")})`}`);
  if (approved === undefined || approved.length === declared.length) return;
  say(io, `Approved: ${approved.length === 0 ? "none of them yet" : approved.join(", ")}`);
}

function commandsText(surface: SurfaceView = { stage: "unknown" }): string {
  switch (surface.stage) {
    case "approved":
      return "approved";
    case "not-needed":
      return "this Gateway needs no approval of them";
    case "rejected":
      if (surface.added !== undefined) return `the operator rejected ${surface.added.join(", ")}`;
      return "rejected by the operator; after a restart they can be approved again";
    case "not-asked":
      return "this Gateway does not ask its operator about what was added; remove the node there to pair anew";
    case "pending":
      if (surface.added !== undefined) return `waiting for the approval of ${surface.added.join(", ")}`;
      return surface.requestId === undefined ? "not known to be approved yet" : "waiting for approval";
    default:
      return "approval not known yet";
  }
}

function showProblems({ service, host, connection, problems, target }: StatusReport, io: CommandIo): void {
  const { loaded } = service.service;
  for (const { text, command } of problems) {
    say(io, "");
    say(io, `Problem: ${text}`, "    ");
    if (command !== undefined) say(io, `Mend it with: ${command}`);
  }
  for (const hint of service.problem?.hints ?? []) say(io, `Way out: ${commandFor(target, hint)}`);
  if (connection?.onGateway !== undefined) {
    say(io, "");
    say(io, `On the Gateway: ${connection.onGateway}`);
  }
  if (loaded && service.runtime.status === "stopped" && host === undefined) {
    sayError(io, "Service is loaded but not running.");
    for (const line of service.logs) sayError(io, `Logs: ${line}`);
    sayError(io, `Start with: ${commandFor(target, "openclaw node start")}`);
  } else if (!loaded && host === undefined && service.problem === undefined) {
    say(io, "");
    for (const hint of service.startHints) say(io, `Start with: ${commandFor(target, hint)}`);
  } else
    for (const line of service.problem === undefined && loaded ? service.logs : []) say(io, `Logs: ${line}`);
}
