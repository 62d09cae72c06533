import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from "node:fs";
import type { Facts, FileFact } from "@openclaw/approvals";

export interface FactsInput {
  readonly home: string;
  readonly hostCwd: string;
  /** The search path that the child gets. */
  readonly pathEnv: string;
  readonly platform?: NodeJS.Platform;
}

/** The engine's only window on the machine: look, never touch. */
export function fileFacts(input: FactsInput): Facts {
  return {
    pathStyle: (input.platform ?? process.platform) === "win32" ? "win32" : "posix",
    home: input.home,
    hostCwd: input.hostCwd,
    pathEnv: input.pathEnv,
    stat: statFact,
    // The native form asks the system once; the other one walks the path in JavaScript.
    realpath: (path) => quietly(() => realpathSync.native(path)),
    readFile: readAtMost,
  };
}

function statFact(path: string): FileFact | undefined {
  return quietly(() => {
    const stat = statSync(path);
    const kind = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
    return {
      path,
      kind,
      executable: kind === "file" && isExecutable(path),
      dev: stat.dev,
      ino: stat.ino,
      size: kind === "directory" ? 0 : stat.size,
      mtimeMs: kind === "directory" ? 0 : stat.mtimeMs,
      ctimeMs: kind === "directory" ? 0 : stat.ctimeMs,
    };
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** undefined when the file is larger than the limit or cannot be read. */
function readAtMost(path: string, maxBytes: number): Uint8Array | undefined {
  return quietly(() => {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const buffer = Buffer.alloc(maxBytes + 1);
      let length = 0;
      while (length <= maxBytes) {
        const read = readSync(file, buffer, length, buffer.length - length, null);
        if (read === 0) break;
        length += read;
      }
      return length > maxBytes ? undefined : buffer.subarray(0, length);
    } finally {
      closeSync(file);
    }
  });
}

/** A path that cannot be looked at is a path that is not there: the engine reads both as "no". */
function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
