import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import type { FileFact, Facts } from "../facts.ts";

/** Facts of the machine that runs the tests. */
export function nodeFacts(place: Pick<Facts, "home" | "hostCwd" | "pathEnv">): Facts {
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };
  return {
    pathStyle: "posix",
    ...place,
    stat: (path) => attempt(() => statFact(path)),
    realpath: (path) => attempt(() => realpathSync.native(path)),
    readFile: (path, maxBytes) =>
      attempt(() => {
        const content = readFileSync(path);
        return content.length > maxBytes ? undefined : content;
      }),
  };
}

function statFact(path: string): FileFact {
  const stats = statSync(path);
  const kind = stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "other";
  let executable = true;
  try {
    accessSync(path, constants.X_OK);
  } catch {
    executable = false;
  }
  const { dev, ino, size, mtimeMs, ctimeMs } = stats;
  return { path, dev, ino, size, mtimeMs, ctimeMs, kind, executable };
}
