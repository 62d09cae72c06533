import { VERSION } from "../version.ts";
import { isReady, type StatusReport } from "./status-report.ts";

type Json = Readonly<Record<string, unknown>>;

/** The recorded `service` object, and beside it what the host and the files say; documented in docs/service.md. */
export function statusDocument(report: StatusReport): Json {
  const { service, host, saved, paths, connection, supervised, installedVersion, problems } = report;
  const { manager, origin, runtime, command } = service;
  const known = host ?? saved;
  return {
    service: { ...service.service, command: command ?? null, runtime },
    version: VERSION,
    installedVersion,
    stateDir: paths.stateDir,
    stateProfile: paths.stateProfile,
    manager: manager ?? null,
    definitionOrigin: origin ?? null,
    host: host === undefined ? null : hostDocument(report, supervised),
    gateway: known?.gateway ?? null,
    nodeId: known?.deviceId ?? null,
    instanceId: known?.nodeId ?? null,
    displayName: known?.displayName ?? null,
    connection: host?.link === undefined ? null : { ...host.link, text: connection?.text },
    commands: host?.surface ?? null,
    paused: host?.paused ?? null,
    ready: isReady(report),
    policy: {
      state: host?.policyState ?? saved?.policyState ?? "unreadable",
      ...(host?.policy ?? saved?.policy),
      policyEdits: known?.policyEdits ?? null,
      gatewayApprovals: known?.gatewayApprovals ?? null,
    },
    activeRuns: host?.activeRuns ?? 0,
    runs: host?.runs ?? null,
    containment: host?.containment ?? null,
    problems,
    onGateway: connection?.onGateway ?? null,
    logs: service.logs,
  };
}

function hostDocument({ host }: StatusReport, supervised: boolean): Json {
  return {
    pid: host?.pid ?? null,
    version: host?.version ?? null,
    startedAt: host?.startedAt ?? null,
    supervised,
  };
}
