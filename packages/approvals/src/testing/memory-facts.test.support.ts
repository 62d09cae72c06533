import type { FileFact, Facts } from "../facts.ts";

/** A small file system: `file`, `directory`, or `link:` and the path that it names. */
export function memoryFacts(files: Readonly<Record<string, string>>): Facts {
  const real = (path: string): string => {
    const parts = path.split("/").filter((part) => part !== "" && part !== ".");
    const plain = `/${parts.join("/")}`;
    const found = files[plain];
    return found?.startsWith("link:") === true ? real(found.slice(5)) : plain;
  };
  const stat = (path: string): FileFact | undefined => {
    const at = real(path);
    const kind = files[at];
    if (kind !== "file" && kind !== "directory") return undefined;
    const ino = Object.keys(files).indexOf(at);
    return { path, dev: 1, ino, size: 1, mtimeMs: 1, ctimeMs: 1, kind, executable: true };
  };
  return {
    pathStyle: "posix",
    home: "/home",
    hostCwd: "/work",
    pathEnv: "/bin",
    stat,
    realpath: (path) => (stat(path) === undefined ? undefined : real(path)),
  };
}
