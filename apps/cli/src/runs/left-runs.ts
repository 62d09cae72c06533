import { fstatSync } from "node:fs";
import { endMarked, findMarked } from "@openclaw/executor";
import { openLogFiles } from "../audit-log/log-files.ts";
import { linesOf } from "../audit-log/log-lines.ts";
import { parseLogRecord, textField, type LogRecord } from "../audit-log/log-record.ts";
import type { HostLog } from "../host/host-log.ts";
import type { KeptRuns } from "./kept-runs.ts";
import { KEPT_LIMITS } from "./limits.ts";
import { listKeptRuns } from "./run-folder.ts";
import { invokeOf, plainName, type RunMarks } from "./run-marks.ts";

export interface LeftPlaces {
  readonly marks: RunMarks;
  readonly kept: KeptRuns;
  /** The folder of the kept runs. */
  readonly runsDir: string;
  readonly auditFile: string;
  readonly log: HostLog;
}

/**
 * Ends what runs of an earlier host have left that were going on when it was killed, and notes it in their records.
 * What a run left that had ended before is its own affair, now as then.
 */
export async function endLeftRuns(places: LeftPlaces, signal: AbortSignal): Promise<void> {
  const { marks, kept, log } = places;
  const marked = [...(await findMarked(marks.owner))].filter(([mark]) => !mark.startsWith(marks.ours));
  if (marked.length === 0) return;
  const lost = lostRuns(places.runsDir);
  const audited = auditedRuns(places.auditFile);
  const left = marked.filter(([mark]) => {
    const run = audited.get(invokeOf(mark));
    return run !== "over" && (run !== undefined || lost.has(invokeOf(mark)));
  });
  if (left.length === 0) return;
  const still = await endMarked(new Map(left), { signal });
  let count = 0;
  for (const [mark, processes] of left) {
    count += processes.length;
    const invokeId = invokeOf(mark);
    const run = audited.get(invokeId);
    const before = lost.get(invokeId);
    const name = before?.name ?? (run instanceof Object ? nameFor(run, kept) : undefined);
    const end = before?.record.end ?? { at: Date.now(), lost: true, delivered: false };
    if (name !== undefined) kept.end(name, { ...end, leftProcesses: processes.length });
  }
  const whose = left.length === 1 ? "1 run" : `${left.length} runs`;
  log.warn(`ended what ${whose} had left when this host was killed (processes: ${count})`);
  if (still.length > 0)
    log.warn(`could not end what runs have left: process ${still.map(({ pid }) => pid).join(", ")}`);
}

/** By the last part of their marks. */
function lostRuns(directory: string): ReadonlyMap<string, ReturnType<typeof listKeptRuns>[number]> {
  const lost = listKeptRuns(directory).filter(({ record }) => record.end?.lost === true);
  return new Map(lost.map((run) => [plainName(run.record.invokeId ?? ""), run]));
}

/**
 * The decisions about the latest runs, and which of them are over: a run that was cut off within its first second is
 * written down nowhere else.
 */
function auditedRuns(path: string): ReadonlyMap<string, LogRecord | "over"> {
  const runs = new Map<string, LogRecord | "over">();
  const log = openLogFiles(path);
  try {
    for (const { file } of log.files) {
      const from = Math.max(0, fstatSync(file).size - KEPT_LIMITS.auditBytes);
      for (const { text } of linesOf(file, from)) {
        const record = parseLogRecord(text);
        if (record === undefined) continue;
        const id = plainName(textField(record, "invokeId"));
        if (record.kind === "decision") runs.set(id, record);
        else if (record.kind === "outcome" || record.kind === "not-started") runs.set(id, "over");
      }
    }
  } finally {
    log.close();
  }
  return runs;
}

/** A record for a run that was too short to have one. */
function nameFor(decision: LogRecord, kept: KeptRuns): string | undefined {
  const text = (name: string): string => textField(decision, name);
  try {
    return kept.open({
      runId: text("runId"),
      invokeId: text("invokeId"),
      command: text("command").slice(0, KEPT_LIMITS.commandChars),
      startedAt: decision.at,
      ...(text("agentId") === "" ? {} : { agentId: text("agentId") }),
      ...(text("cwd") === "" ? {} : { cwd: text("cwd") }),
    }).name;
  } catch (error) {
    kept.problem(error);
    return undefined;
  }
}
