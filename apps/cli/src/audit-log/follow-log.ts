import { closeSync, fstatSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AUDIT_LOG_LIMITS } from "./limits.ts";
import { identityAt, openLogFile, type LogFile } from "./log-files.ts";
import { linesOf } from "./log-lines.ts";

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** How often the file is looked at; milliseconds. */
  readonly everyMs?: number;
  /** What the file is, for messages. */
  readonly what?: string;
}

/** Where a reader of the current file stands. */
export interface LogPosition {
  /** Which file; undefined when there was none. */
  readonly identity: string | undefined;
  /** Behind its last whole line, in bytes. */
  readonly next: number;
}

/**
 * The lines that come from now on, also after the file was rotated, emptied or made anew. Ends with the signal.
 * Throws a StoreError for a file that cannot be read.
 */
export async function* followLog(
  path: string,
  from: LogPosition,
  options: FollowOptions,
): AsyncGenerator<string> {
  const { signal, everyMs = AUDIT_LOG_LIMITS.followMs, what = "audit file" } = options;
  let current: LogFile | undefined;
  let { identity, next } = from;
  try {
    while (!signal.aborted) {
      current ??= openLogFile(path, what);
      if (current !== undefined) {
        // Another file than before, or the same one emptied: from its beginning.
        if (current.identity !== identity || fstatSync(current.file).size < next) next = 0;
        ({ identity } = current);
        const moved = identityAt(path) !== identity;
        for (const line of linesOf(current.file, next)) {
          if (!line.ended) break;
          yield line.text;
          ({ next } = line);
        }
        if (moved) {
          // Whatever was written before it moved has been read by now.
          closeSync(current.file);
          current = undefined;
          if (identityAt(path) !== undefined) continue;
        }
      }
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    if (current !== undefined) closeSync(current.file);
  }
}
