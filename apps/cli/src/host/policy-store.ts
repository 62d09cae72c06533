import { lstatSync, type Stats } from "node:fs";
import { loadPolicy, type LoadedPolicy } from "@openclaw/approvals";
import { readStateFile, StoreError, updateStateFile } from "@openclaw/config-store";
import { LIMITS } from "@openclaw/protocol";

/** Stands for the hash of a file that cannot be read; no edit can match it. */
const UNREADABLE = "unreadable";

/** The exec approvals file: read again whenever it changed on disk, written only under its lock. */
export class PolicyStore {
  readonly path: string;
  readonly #onRead: (policy: LoadedPolicy) => void;
  /** Of what was read last; undefined where no file was there. */
  #stamp: Stats | undefined;
  #policy: LoadedPolicy | undefined;

  /** `onRead` hears of every new content of the file, once. */
  constructor(path: string, onRead: (policy: LoadedPolicy) => void = () => undefined) {
    this.path = path;
    this.#onRead = onRead;
  }

  /** The policy of this moment; whatever cannot be read is malformed, and denies. */
  current(): LoadedPolicy {
    const stamp = stampOf(this.path);
    if (this.#policy === undefined || !isSameFile(stamp, this.#stamp)) {
      this.#policy = this.#read();
      this.#stamp = stamp;
      this.#onRead(this.#policy);
    }
    return this.#policy;
  }

  /** The hash of what `current()` gave last: what the decision of this moment was made under. */
  get lastHash(): string {
    return (this.#policy ?? this.current()).hash;
  }

  exists(): boolean {
    return stampOf(this.path) !== undefined;
  }

  /** Read, change, write, under the lock of the file. `change` may throw to leave it as it is. */
  async update(change: (content: string | undefined) => string | undefined): Promise<void> {
    await updateStateFile(this.path, change, { what: "exec approvals", maxBytes: LIMITS.policyBytes });
  }

  #read(): LoadedPolicy {
    try {
      const file = readStateFile(this.path, { what: "exec approvals", maxBytes: LIMITS.policyBytes });
      return loadPolicy(file.kind === "absent" ? undefined : file.text);
    } catch (error) {
      if (error instanceof StoreError)
        return { kind: "malformed", exists: true, problem: { message: error.message }, hash: UNREADABLE };
      throw error;
    }
  }
}

function stampOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

const STAMP = ["dev", "ino", "size", "mtimeMs", "ctimeMs", "mode", "uid"] as const;

/** Every write shows, also one that keeps size and time: the inode is another one then. */
function isSameFile(one: Stats | undefined, other: Stats | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return STAMP.every((field) => one[field] === other[field]);
}
