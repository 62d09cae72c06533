import type { ServiceNoteCode, ServiceWorld } from "@openclaw/service-installer";
import { check, type Check, type CheckLevel } from "./doctor-check.ts";
import { commandFor } from "./service-place.ts";
import type { StatusReport } from "./status-report.ts";

/** What stops the service from working now is an error; what may do so later is a warning. */
const LEVELS: Readonly<Partial<Record<ServiceNoteCode, CheckLevel>>> = {
  "runtime-missing": "error",
  "entry-missing": "error",
  "unreadable-definition": "error",
  "temporary-path": "warning",
  "official-service": "warning",
  "foreign-service": "warning",
  "legacy-service": "note",
  "drop-ins": "note",
};

/** The service's definition, the manager, lingering, and the running host. */
export function serviceChecks(report: StatusReport, world: ServiceWorld | undefined): readonly Check[] {
  return [
    ...managerChecks(report),
    ...definitionChecks(report),
    ...lingerChecks(report, world),
    ...hostChecks(report),
  ];
}

function managerChecks({ service, target }: StatusReport): readonly Check[] {
  const { problem, manager } = service;
  if (problem === undefined)
    return [check("service-manager", "ok", `${manager ?? "the service manager"} answers`)];
  const first = problem.hints.find((hint) => /^(?:sudo |openclaw |export |loginctl )/u.test(hint));
  // Without a service nobody needs the manager.
  const level = service.command === undefined ? "note" : "warning";
  return [
    check(
      "service-manager",
      level,
      problem.message,
      first === undefined ? undefined : commandFor(target, first),
    ),
  ];
}

function definitionChecks({ service, target }: StatusReport): readonly Check[] {
  const found = service.findings.map(({ code, text, command }) =>
    check(
      `service-${code}`,
      LEVELS[code] ?? "note",
      text,
      command === undefined ? undefined : commandFor(target, command),
    ),
  );
  const install = commandFor(target, "openclaw node install");
  if (service.command === undefined && service.origin === undefined)
    return [
      ...found,
      // Where the manager cannot be used, its own check says what to do.
      check(
        "service",
        "note",
        "no service is installed",
        service.problem === undefined ? install : undefined,
      ),
    ];
  if (found.some(({ level }) => level === "error")) return found;
  const { loaded, notLoadedText } = service.service;
  if (!loaded)
    return [
      ...found,
      check("service", "warning", `the service is ${notLoadedText}: it does not start by itself`, install),
    ];
  const file = service.command?.sourcePath;
  return [...found, check("service", "ok", `installed${file === undefined ? "" : ` as \`${file}\``}`)];
}

function lingerChecks({ service }: StatusReport, world: ServiceWorld | undefined): readonly Check[] {
  if (world === undefined || world.target.scope === "system" || service.command === undefined) return [];
  if (world.linger === "yes") return [check("lingering", "ok", "the service runs while you are logged out")];
  if (world.linger === "unknown") return [];
  const sudo = world.isRoot ? "" : "sudo ";
  return [
    check(
      "lingering",
      "warning",
      "lingering is off: the service stops when you log out and does not start at boot",
      `${sudo}loginctl enable-linger ${world.self.name}`,
    ),
  ];
}

function hostChecks(report: StatusReport): readonly Check[] {
  const { host, connection, service, target, problems } = report;
  const told = problems
    .filter(({ code }) => ["other-version", "silent-host", "foreground-host"].includes(code))
    .map(({ code, text, command }) => check(code, "warning", text, command));
  if (host === undefined) {
    const stopped = service.service.loaded && service.runtime.status === "stopped";
    return [
      ...told,
      check(
        "host",
        stopped ? "warning" : "note",
        "no host runs here",
        stopped ? commandFor(target, "openclaw node start") : undefined,
      ),
    ];
  }
  const running = check(
    "host",
    "ok",
    `process ${host.pid ?? "unknown"}, version ${host.version ?? "unknown"}`,
  );
  if (connection === undefined) return [...told, running];
  return [
    ...told,
    running,
    {
      ...check("gateway", connection.ready ? "ok" : "warning", connection.text, connection.onGateway),
      ...(connection.onGateway === undefined ? {} : { on: "gateway" as const }),
    },
  ];
}
