import { StoreError, type StoreErrorCode } from "@openclaw/config-store";

const KNOWN: Readonly<Record<string, readonly [StoreErrorCode, string]>> = {
  ELOOP: ["symlink", "it is a symbolic link, which is not followed; move the link away"],
  EISDIR: ["not-a-file", "it is a directory; move it away"],
  ENXIO: ["not-a-file", "it is not a regular file; move it away"],
  EADDRINUSE: ["not-a-file", "something else is in its place; move it away"],
  EACCES: ["not-writable", "permission denied; check owner and mode of the file and its directory"],
  EPERM: ["not-writable", "not permitted; check owner and mode of the file and its directory"],
  EROFS: ["not-writable", "the file system is read-only; choose another state directory"],
  ENOSPC: ["disk-full", "the disk is full; free some space"],
  EDQUOT: ["disk-full", "the disk quota is used up; free some space"],
};

/** A system error about a path of ours as a sentence. `doing` is a verb phrase. */
export function writeProblem(error: unknown, path: string, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  const name = typeof code === "string" ? code : "unknown error";
  const [storeCode, reason] =
    KNOWN[name] ?? (["write-failed", `${name}; check the disk and the path`] as const);
  return new StoreError(storeCode, `could not ${doing} \`${path}\`: ${reason}`, { path }, error);
}
