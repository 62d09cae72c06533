import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { KEPT_LIMITS } from "./limits.ts";

const EXTENSION = ".json";

/** How a kept run ended. */
export interface KeptEnd {
  /** Milliseconds since the epoch; of a lost run when it was missed. */
  readonly at: number;
  /** The host ended before the run did, and nobody knows what became of it. */
  readonly lost?: boolean | undefined;
  /** Processes of a lost run that the next host found and ended. */
  readonly leftProcesses?: number | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly timedOut?: boolean | undefined;
  readonly cancelled?: boolean | undefined;
  /** Why it did not start. */
  readonly error?: string | undefined;
  /** Bytes that it printed. */
  readonly outputBytes?: number | undefined;
  /** Why the kept output is not all of it. */
  readonly incomplete?: string | undefined;
  /** Did the Gateway take the answer? */
  readonly delivered: boolean;
}

/** `NAME.json` beside `NAME.stdout` and `NAME.stderr`; documented in docs/running-commands.md. */
export interface RunRecord {
  readonly version: 1;
  readonly runId: string;
  readonly invokeId?: string | undefined;
  readonly agentId?: string | undefined;
  /** For a person: cut, and without secrets. */
  readonly command: string;
  readonly cwd?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly hostPid: number;
  readonly end?: KeptEnd | undefined;
}

const recordSchema: z.ZodMiniType<RunRecord> = z.object({
  version: z.literal(1),
  runId: z.string(),
  invokeId: z.optional(z.string()),
  agentId: z.optional(z.string()),
  command: z.string(),
  cwd: z.optional(z.string()),
  startedAt: z.number(),
  hostPid: z.int(),
  end: z.optional(
    z.object({
      at: z.number(),
      lost: z.optional(z.boolean()),
      leftProcesses: z.optional(z.int()),
      exitCode: z.optional(z.int()),
      signal: z.optional(z.string()),
      timedOut: z.optional(z.boolean()),
      cancelled: z.optional(z.boolean()),
      error: z.optional(z.string()),
      outputBytes: z.optional(z.number()),
      incomplete: z.optional(z.string()),
      delivered: z.boolean(),
    }),
  ),
});

export function recordPath(directory: string, name: string): string {
  return join(directory, `${name}${EXTENSION}`);
}

/** The name in front of a record's extension; undefined for other files. */
export function recordName(file: string): string | undefined {
  return file.endsWith(EXTENSION) && !file.startsWith(".") ? file.slice(0, -EXTENSION.length) : undefined;
}

/** Undefined for what is no record, cannot be read, or is a link. */
export function readRecord(directory: string, name: string): RunRecord | undefined {
  let file: number | undefined;
  try {
    file = openSync(
      recordPath(directory, name),
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    const facts = fstatSync(file);
    if (!facts.isFile() || facts.size > KEPT_LIMITS.recordBytes) return undefined;
    const buffer = Buffer.alloc(facts.size);
    const length = readSync(file, buffer, 0, buffer.length, 0);
    const parsed = recordSchema.safeParse(JSON.parse(buffer.toString("utf8", 0, length)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Makes a record; throws `EEXIST` where there is one. */
export function createRecord(directory: string, name: string, record: RunRecord): void {
  const path = recordPath(directory, name);
  writeFileSync(path, text(record), { mode: 0o600, flag: "wx" });
  chmodSync(path, 0o600);
}

/** Replaces a record at once: who reads it sees the old or the new one. */
export function replaceRecord(directory: string, name: string, record: RunRecord): void {
  const next = join(directory, `.${name}.new`);
  writeFileSync(next, text(record), { mode: 0o600 });
  renameSync(next, recordPath(directory, name));
}

function text(record: RunRecord): string {
  return `${JSON.stringify(record)}\n`;
}
