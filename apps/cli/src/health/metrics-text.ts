import { LINK_STATE_NAMES } from "@openclaw/gateway-connection";
import type { StatusDocument } from "../host/host-status.ts";
import type { HostCounters } from "./host-counters.ts";
import { readinessOf } from "./readiness.ts";

/** What is told in one answer. */
export interface MetricFacts {
  readonly counters: HostCounters;
  readonly status: StatusDocument;
  readonly activeRuns: number;
  /** Bytes. */
  readonly memory: number;
  readonly cpuSeconds: number;
}

interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter" | "histogram";
  readonly help: string;
  /** The lines below the head. */
  readonly lines: (name: string, facts: MetricFacts) => readonly string[];
}

/** Everything that `/metrics` tells; docs/operating.md has the same table. */
export const METRICS: readonly Metric[] = [
  {
    name: "openclaw_node_info",
    type: "gauge",
    help: "Always 1; the version is a label",
    lines: (name, { status }) => [`${name}{version="${label(status.version)}"} 1`],
  },
  {
    name: "openclaw_node_link_state",
    type: "gauge",
    help: "1 for the state that the link to the Gateway is in",
    lines: (name, { status }) =>
      LINK_STATE_NAMES.map((state) => `${name}{state="${state}"} ${bit(status.link.state === state)}`),
  },
  one("openclaw_node_ready", "gauge", "1 while the node is ready for work", ({ status }) =>
    bit(readinessOf(status).ready),
  ),
  one("openclaw_node_paused", "gauge", "1 while the owner's pause lasts", ({ status }) =>
    bit(status.paused !== undefined),
  ),
  one(
    "openclaw_node_connections_total",
    "counter",
    "Connections that a Gateway took",
    ({ counters }) => counters.connections,
  ),
  one("openclaw_node_reconnects_total", "counter", "The same without the first one", ({ counters }) =>
    Math.max(0, counters.connections - 1),
  ),
  {
    name: "openclaw_node_invokes_total",
    type: "counter",
    help: "Answered invokes, by command and outcome (ok, or the code of the refusal)",
    lines: (name, { counters }) =>
      [...counters.invokes].flatMap(([command, outcomes]) =>
        [...outcomes].map(
          ([outcome, count]) => `${name}{command="${command}",outcome="${outcome}"} ${count}`,
        ),
      ),
  },
  one(
    "openclaw_node_active_invokes",
    "gauge",
    "Invokes that are worked on",
    ({ status }) => status.activeInvokes,
  ),
  one(
    "openclaw_node_active_runs",
    "gauge",
    "Runs that have started and are not over",
    ({ activeRuns }) => activeRuns,
  ),
  one("openclaw_node_queued_runs", "gauge", "Runs that wait for a place", ({ status }) => status.runs.queued),
  {
    name: "openclaw_node_run_duration_seconds",
    type: "histogram",
    help: "How long runs took",
    lines: (name, { counters }) => counters.runSeconds.lines(name),
  },
  one(
    "openclaw_node_run_output_bytes_total",
    "counter",
    "Bytes that runs wrote",
    ({ counters }) => counters.outputBytes,
  ),
  {
    name: "openclaw_node_decision_duration_seconds",
    type: "histogram",
    help: "How long it took to decide about a run, without waiting for an answer",
    lines: (name, { counters }) => counters.decisionSeconds.lines(name),
  },
  one(
    "process_start_time_seconds",
    "gauge",
    "Start of the process, seconds since the epoch",
    ({ status }) => status.startedAt / 1000,
  ),
  one("process_resident_memory_bytes", "gauge", "Resident memory", ({ memory }) => memory),
  one("process_cpu_seconds_total", "counter", "User and system CPU time", ({ cpuSeconds }) => cpuSeconds),
];

/** The text format of Prometheus, version 0.0.4. */
export function metricsText(facts: MetricFacts): string {
  const lines = METRICS.flatMap(({ name, type, help, lines: tell }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...tell(name, facts),
  ]);
  return `${lines.join("\n")}\n`;
}

function one(
  name: string,
  type: Metric["type"],
  help: string,
  value: (facts: MetricFacts) => number,
): Metric {
  return { name, type, help, lines: (_name, facts) => [`${name} ${value(facts)}`] };
}

function bit(value: boolean): number {
  return value ? 1 : 0;
}

function label(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
