import { VERSION } from "../version.ts";
import { stageOf, type StatusReport } from "./status-report.ts";

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
    lastError: known?.lastError ?? null,
    pairing: pairingDocument(report),
    commands: host?.surface ?? null,
    paused: host?.paused ?? null,
    stage: stageOf(report),
    ready: stageOf(report) === "ready",
    policy: {
      state: host?.policyState ?? saved?.policyState ?? "unreadable",
      ...(host?.policy ?? saved?.policy),
      policyEdits: known?.policyEdits ?? null,
      gatewayApprovals: known?.gatewayApprovals ?? null,
    },
    activeRuns: host?.activeRuns ?? 0,
    runs: host?.runs ?? null,
    containment: host?.containment ?? null,
    browser: browserDocument(report),
    onDisconnect: host?.onDisconnect ?? null,
    problems,
    onGateway: connection?.onGateway ?? null,
    logs: service.logs,
  };
}

function browserDocument({ browser, host }: StatusReport): Json | null {
  if (browser === undefined) return null;
  const { kind, path, playwright, problem } = browser;
  return {
    found: path === undefined ? null : { kind, path },
    playwright: playwright ?? null,
    problem: problem ?? null,
    running: host?.browsers ?? [],
  };
}

/** Has the Gateway accepted this machine? `unknown` while no host is connected. */
function pairingDocument({ host, connection }: StatusReport): Json {
  const { phase, cause, requestId } = host?.link ?? {};
  if (phase === "ready") return { stage: "accepted" };
  if (cause !== "pairing" && (phase !== "waiting" || requestId === undefined)) return { stage: "unknown" };
  return { stage: "pending", requestId: requestId ?? null, onGateway: connection?.onGateway ?? null };
}

function hostDocument({ host }: StatusReport, supervised: boolean): Json {
  return {
    pid: host?.pid ?? null,
    version: host?.version ?? null,
    startedAt: host?.startedAt ?? null,
    supervised,
  };
}
