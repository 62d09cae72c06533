import { localTime } from "../host/pause-text.ts";
import { stageOf, type StatusReport } from "./status-report.ts";

/** The status as named facts that stay the same as long as nothing happens; an empty text is nothing to tell. */
export function statusLines(report: StatusReport): readonly (readonly [name: string, text: string])[] {
  const { host, saved, service, connection, problems } = report;
  const { link, lastError, runs, paused } = host ?? {};
  const { status, pid } = service.runtime;
  const policy = host?.policy ?? saved?.policy;
  const onGateway = connection?.onGateway;
  return [
    ["service", `${status}${pid === undefined ? "" : `, pid ${pid}`}`],
    ["host", host === undefined ? "not running" : `pid ${host.pid ?? "unknown"}`],
    ["stage", stageOf(report)],
    ["link", link === undefined ? "" : (link.state ?? link.phase)],
    ["connection", connection?.text ?? ""],
    ["next try", link?.retryAt === undefined ? "" : new Date(link.retryAt).toISOString()],
    ["on the Gateway", onGateway ?? ""],
    ["last error", lastError?.why ?? ""],
    [
      "paused",
      paused === undefined
        ? ""
        : paused.until === null
          ? "until it is resumed"
          : `until ${localTime(paused.until)}`,
    ],
    ["runs", runs === undefined ? "" : `${runs.active} active, ${runs.queued} waiting`],
    ["policy", policy === undefined ? "" : `${policy.security}, ${policy.ask}, ${policy.askFallback}`],
    ["problems", problems.map(({ text }) => text).join("; ")],
  ];
}
