import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readRecord, recordName, type RunRecord } from "./run-record.ts";

/** One kept run: its record and its files. */
export interface KeptRunFiles {
  readonly name: string;
  readonly record: RunRecord;
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes of both outputs. */
  readonly bytes: number;
}

/** All runs that are kept, the newest first. Empty where nothing was ever kept. */
export function listKeptRuns(directory: string): readonly KeptRunFiles[] {
  return filesIn(directory)
    .flatMap((file) => {
      const name = recordName(file);
      const record = name === undefined ? undefined : readRecord(directory, name);
      return name === undefined || record === undefined ? [] : [filesOf(directory, name, record)];
    })
    .toSorted((a, b) => b.record.startedAt - a.record.startedAt);
}

function filesOf(directory: string, name: string, record: RunRecord): KeptRunFiles {
  const stdout = join(directory, `${name}.stdout`);
  const stderr = join(directory, `${name}.stderr`);
  return { name, record, stdout, stderr, bytes: sizeOf(stdout) + sizeOf(stderr) };
}

/** Removes what is kept of a run; its record goes last, so that nothing is left that nobody names. */
export function removeKeptRun(directory: string, name: string): void {
  for (const extension of [".stdout", ".stderr", ".json"])
    rmSync(join(directory, `${name}${extension}`), { force: true });
}

/** 0 for what is not there, or is no plain file. */
export function sizeOf(path: string): number {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  return facts?.isFile() === true ? facts.size : 0;
}

function filesIn(directory: string): readonly string[] {
  try {
    return lstatSync(directory).isDirectory() ? readdirSync(directory) : [];
  } catch {
    return [];
  }
}
