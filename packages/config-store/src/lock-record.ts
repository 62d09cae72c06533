import { createHash } from "node:crypto";
import { statSync } from "node:fs";

import { systemErrorCode } from "./errors.ts";
import { readStateFile } from "./read-state-file.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** What a lock file says about its holder. */
export interface LockRecord extends ProcessIdentity {
  /** Random; no two locks ever hold the same. */
  readonly nonce: string;
}

/** One look at a lock file. `key` changes whenever the file is replaced. */
export interface SeenLock {
  readonly key: string;
  /** Undefined while the file is being written by a file system without hard links, or when it is damaged. */
  readonly record: LockRecord | undefined;
}

export function formatLockRecord(record: LockRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Undefined when there is no lock. Throws what `readStateFile` throws. */
export function readLock(path: string): SeenLock | undefined {
  const found = readStateFile(path, { what: "lock file", maxBytes: 4_096 });
  if (found.kind === "absent") return undefined;
  const record = parseLockRecord(found.text);
  if (record !== undefined) return { key: shortHash(found.text), record };
  const identity = fileIdentity(path);
  return identity === undefined
    ? undefined
    : { key: shortHash(`${identity}\n${found.text}`), record: undefined };
}

function parseLockRecord(text: string): LockRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { pid, startedAt, nonce } = value as Partial<Record<keyof LockRecord, unknown>>;
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 1) return undefined;
  if (typeof nonce !== "string" || nonce === "") return undefined;
  return { pid, startedAt: typeof startedAt === "string" ? startedAt : undefined, nonce };
}

/** Tells two empty lock files apart. */
function fileIdentity(path: string): string | undefined {
  try {
    const facts = statSync(path, { bigint: true });
    return `${facts.ino} ${facts.mtimeNs}`;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
