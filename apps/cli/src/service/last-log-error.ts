import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { StatePaths } from "@openclaw/config-store";
import type { LinkProblem } from "../host/last-problem.ts";
import { nodeLogFile } from "../host/log-file.ts";
import { levelNumber, parseLogEntry } from "../node-log/log-entry.ts";

/** So much of the log's end is read; bytes. */
const TAIL_BYTES = 65_536;

/** The last error that a host wrote, for when none runs: often what it ended with. */
export function lastLogError(paths: StatePaths): LinkProblem | undefined {
  const lines = tailOf(nodeLogFile(paths)).split("\n");
  for (const line of lines.toReversed()) {
    const entry = parseLogEntry(line);
    if (entry === undefined || entry.level < levelNumber("error")) continue;
    return { at: entry.at, cause: "host", why: String(entry.fields["message"]) };
  }
  return undefined;
}

/** Empty for what cannot be read: the log is nothing that a status depends on. */
function tailOf(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const facts = fstatSync(file);
    if (!facts.isFile()) return "";
    const buffer = Buffer.alloc(Math.min(facts.size, TAIL_BYTES));
    const length = readSync(file, buffer, 0, buffer.length, Math.max(0, facts.size - buffer.length));
    return buffer.toString("utf8", 0, length);
  } catch {
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
