import { loadPolicy, recordUse, type EntryUse } from "@openclaw/approvals";
import type { HostLog } from "./host-log.ts";
import type { PolicyStore } from "./policy-store.ts";

/** How long uses are gathered before the policy file is written once for all of them; milliseconds. */
const GATHER_MS = 2000;
/** Entries whose use may wait; more are dropped, because this is bookkeeping only. */
const MAX_WAITING = 256;

interface LastUse {
  readonly use: EntryUse;
  readonly now: number;
  readonly commandText: string;
}

/** Notes in the policy file when an allowlist entry was last used. Never holds a run up and never changes what may run. */
export class UsageRecorder {
  readonly #policy: PolicyStore;
  readonly #log: HostLog;
  /** The last use of each entry. */
  #waiting = new Map<string, LastUse>();
  #timer: NodeJS.Timeout | undefined;

  constructor(policy: PolicyStore, log: HostLog) {
    this.#policy = policy;
    this.#log = log;
  }

  note(uses: readonly EntryUse[], commandText: string, now: number = Date.now()): void {
    for (const use of uses) {
      const key = JSON.stringify([use.agent, use.pattern, use.argPattern]);
      if (this.#waiting.has(key) || this.#waiting.size < MAX_WAITING)
        this.#waiting.set(key, { use, now, commandText });
    }
    if (this.#waiting.size === 0) return;
    this.#timer ??= setTimeout(() => void this.#write(), GATHER_MS);
  }

  /** Writes what waits; call once, when the host stops. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#write();
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    if (waiting.size === 0) return;
    try {
      await this.#policy.update((content) => {
        let policy = loadPolicy(content);
        let text: string | undefined;
        for (const { use, now, commandText } of waiting.values()) {
          const edit = recordUse(policy, [use], { now, commandText });
          if (!edit.ok || !edit.changed) continue;
          ({ text, policy } = edit);
        }
        return text;
      });
    } catch (error) {
      this.#log.warn(
        `could not note the use of allowlist entries: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
