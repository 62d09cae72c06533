import { uptime as osUptime } from "node:os";
import type { AuditSink } from "./audit.ts";
import type { HostLog } from "./host-log.ts";
import { PAUSE_LIMITS, readPauseFile, removePauseFile, writePauseFile } from "./pause-file.ts";
import { localTime } from "./pause-text.ts";

/** A pause in force. Moments in milliseconds since the epoch. */
export interface PauseView {
  readonly since: number;
  /** null: until somebody resumes. */
  readonly until: number | null;
  /** Does it outlive the host? */
  readonly keep: boolean;
}

export interface PauseWish {
  readonly forMs?: number | undefined;
  readonly keep?: boolean | undefined;
}

export interface NodePauseOptions {
  readonly path: string;
  readonly log: HostLog;
  readonly audit: Pick<AuditSink, "record">;
  /** The clock on the wall, milliseconds since the epoch: only for what is shown and kept. */
  readonly now?: () => number;
  /** Milliseconds that go on while the machine sleeps and that nobody can set. */
  readonly uptime?: () => number;
  readonly onChange?: () => void;
}

interface Pause {
  readonly since: number;
  /** On the clock of `uptime`. */
  readonly endsAt: number | undefined;
  readonly keep: boolean;
}

/** The owner's pause: while it is in force no new run starts. */
export class NodePause {
  readonly #options: NodePauseOptions;
  readonly #now: () => number;
  readonly #uptime: () => number;
  #pause: Pause | undefined;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** Takes up a pause that outlived the last host; a file that cannot be read counts as one without an end. */
  constructor(options: NodePauseOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#uptime = options.uptime ?? (() => osUptime() * 1000);
    this.#takeUp();
  }

  /** Undefined while runs may start. */
  current(): PauseView | undefined {
    const pause = this.#pause;
    if (pause === undefined) return undefined;
    const left = pause.endsAt === undefined ? undefined : pause.endsAt - this.#uptime();
    if (left !== undefined && left <= 0) {
      this.#end(pause);
      return undefined;
    }
    return {
      since: pause.since,
      until: left === undefined ? null : Math.round(this.#now() + left),
      keep: pause.keep,
    };
  }

  /** In force at once, in place of an earlier one. Rejects with a StoreError when it holds but cannot be kept. */
  async pause(wish: PauseWish): Promise<PauseView> {
    const { forMs, keep = false } = wish;
    const since = this.#now();
    const endsAt = forMs === undefined ? undefined : this.#uptime() + forMs;
    this.#begin({ since, endsAt, keep });
    const view = { since, until: forMs === undefined ? null : since + forMs, keep };
    this.#options.log.info(`${pausedText(view)}; runs that have started go on`);
    this.#record("paused", "owner", view);
    await this.#inTurn(async () => await this.#keep(keep ? view : undefined));
    return view;
  }

  /** False when there was none. Rejects with a StoreError, and the pause goes on, when it cannot be ended for good. */
  async resume(): Promise<boolean> {
    return await this.#inTurn(async () => {
      const was = this.current() !== undefined;
      await this.#keep(undefined);
      if (!was) return false;
      this.#begin(undefined);
      this.#options.log.info("the owner has resumed this node; runs may start again");
      this.#record("resumed", "owner");
      return true;
    });
  }

  /** Resolves when no file is written any more. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#last;
  }

  #takeUp(): void {
    const { path, log } = this.#options;
    const file = readPauseFile(path);
    if (file.kind === "absent") return;
    if (file.kind === "broken") {
      log.warn(`paused, because ${file.why}; openclaw node resume ends the pause and removes the file`);
      this.#begin({ since: this.#now(), endsAt: undefined, keep: true });
      return;
    }
    const { since, until } = file.pause;
    // A clock that was set back meanwhile must not make the pause longer than it was meant to be.
    const left =
      until === null ? undefined : Math.min(until - this.#now(), until - since, PAUSE_LIMITS.forMs);
    if (left !== undefined && left <= 0) {
      log.info("the pause of this node ended while no node host was running");
      this.#forget();
      return;
    }
    this.#begin({ since, endsAt: left === undefined ? undefined : this.#uptime() + left, keep: true });
    log.info(
      `${pausedText({ until: left === undefined ? null : this.#now() + left })}, since before this start`,
    );
  }

  #begin(pause: Pause | undefined): void {
    clearTimeout(this.#timer);
    this.#pause = pause;
    if (pause?.endsAt !== undefined) this.#watch(pause.endsAt);
    this.#options.onChange?.();
  }

  #watch(endsAt: number): void {
    const left = Math.max(1, endsAt - this.#uptime());
    this.#timer = setTimeout(
      () => {
        if (this.current() !== undefined) this.#watch(endsAt);
      },
      Math.min(left, PAUSE_LIMITS.lookMs),
    );
    this.#timer.unref();
  }

  #end({ keep }: Pause): void {
    this.#begin(undefined);
    this.#options.log.info("the pause of this node is over; runs may start again");
    this.#record("resumed", "time");
    // One that is asked for meanwhile keeps its file.
    if (keep) void this.#inTurn(async () => this.#pause === undefined && this.#forget());
  }

  async #keep(view: PauseView | undefined): Promise<void> {
    const { path } = this.#options;
    if (view === undefined) removePauseFile(path);
    else await writePauseFile(path, { version: 1, since: view.since, until: view.until });
  }

  #forget(): void {
    try {
      removePauseFile(this.#options.path);
    } catch (error) {
      this.#options.log.warn(error instanceof Error ? error.message : String(error));
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return await turn;
  }

  #record(outcome: "paused" | "resumed", by: "owner" | "time", view?: PauseView): void {
    const until = view === undefined ? undefined : view.until === null ? "resumed" : isoTime(view.until);
    try {
      this.#options.audit.record({ kind: "pause", outcome, by, until, keep: view?.keep });
    } catch (error) {
      this.#options.log.error(error instanceof Error ? error.message : String(error));
    }
  }
}

function isoTime(moment: number): string {
  return new Date(moment).toISOString();
}

function pausedText({ until }: Pick<PauseView, "until">): string {
  return `the owner has paused this node until ${until === null ? "it is resumed" : localTime(until)}`;
}
