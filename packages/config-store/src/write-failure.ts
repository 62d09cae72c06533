import { StoreError, systemErrorCode } from "./errors.ts";
import type { StoreErrorCode } from "./errors.ts";
import { shown } from "./shown-text.ts";

const advice: ReadonlyMap<string, readonly [StoreErrorCode, string]> = new Map([
  ["ENOSPC", ["disk-full", "the disk is full; free some space"]],
  ["EDQUOT", ["disk-full", "the disk quota is used up; free some space"]],
  ["EROFS", ["not-writable", "the file system is read-only; choose another state directory"]],
  ["EACCES", ["not-writable", "permission denied; check owner and mode of its directory"]],
  ["EPERM", ["not-writable", "not permitted; check owner and mode of its directory"]],
]);

/** A system error while something was written, as a sentence with the path. `doing` is a verb phrase. */
export function writeFailure(error: unknown, path: string, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = systemErrorCode(error) ?? "unknown error";
  const [storeCode, reason] = advice.get(code) ?? [
    "write-failed" as const,
    `${code}; check the disk and the path`,
  ];
  return new StoreError(storeCode, `could not ${doing} ${shown(path)}: ${reason}`, { path }, error);
}
