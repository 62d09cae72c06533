import { browserProxyLimits } from "../limits.ts";
import type { BrowserSession } from "../session/browser-session.ts";
import type { Launched } from "../session/launch-browser.ts";

export interface SessionPoolOptions {
  readonly launch: (profile: string) => Promise<Launched>;
  readonly idleMs: number;
  readonly onChange: () => void;
  readonly onLog: (level: "info" | "warn", sentence: string) => void;
}

interface Place {
  /** Set while one starts and runs. */
  starting: Promise<Launched> | undefined;
  session: BrowserSession | undefined;
  calls: number;
  timer: NodeJS.Timeout | undefined;
}

/** At most one browser for each browser profile: started once for all who ask at a time, closed when nobody asks any more. */
export class SessionPool {
  readonly #options: SessionPoolOptions;
  readonly #places = new Map<string, Place>();
  #isClosed = false;

  constructor(options: SessionPoolOptions) {
    this.#options = options;
  }

  /** The browser of a browser profile while it runs. One that has crashed is none. */
  running(profile: string): BrowserSession | undefined {
    const session = this.#places.get(profile)?.session;
    return session?.isRunning === true ? session : undefined;
  }

  get isIdle(): boolean {
    return [...this.#places.values()].every(
      ({ starting, session, calls }) => starting === undefined && session === undefined && calls === 0,
    );
  }

  /** Runs `work` while the browser of the profile is kept from being closed for idleness. */
  async hold<Result>(profile: string, work: () => Promise<Result>): Promise<Result> {
    const place = this.#place(profile);
    place.calls += 1;
    clearTimeout(place.timer);
    try {
      return await work();
    } finally {
      place.calls -= 1;
      if (place.calls === 0) this.#rest(profile, place);
    }
  }

  /** The browser that runs, or a new one. */
  async start(profile: string): Promise<Launched> {
    const place = this.#place(profile);
    const { session } = place;
    // The one before may still be on its way out of the same directory.
    if (session !== undefined && !((await session.isAlive()) && session.isRunning)) {
      await session.close();
      this.#forget(profile, place, session);
    }
    if (this.#isClosed) return { ok: false, sentence: "the browsers of this node are being closed" };
    place.starting ??= this.#launch(profile, place);
    return place.starting;
  }

  /** False when none ran. */
  async stop(profile: string): Promise<boolean> {
    const place = this.#places.get(profile);
    const launched = await place?.starting;
    if (launched?.ok !== true) return false;
    const { session } = launched;
    if (place?.session !== session) return false;
    await session.close();
    this.#forget(profile, place, session);
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#places.keys()].map((profile) => this.stop(profile)));
  }

  #place(profile: string): Place {
    const present = this.#places.get(profile);
    if (present !== undefined) return present;
    const place: Place = { starting: undefined, session: undefined, calls: 0, timer: undefined };
    this.#places.set(profile, place);
    return place;
  }

  async #launch(profile: string, place: Place): Promise<Launched> {
    const launched = await this.#options.launch(profile).catch((): Launched => ({
      ok: false,
      sentence: "the browser does not start; see the log of this node",
    }));
    if (!launched.ok) {
      place.starting = undefined;
      this.#options.onChange();
      return launched;
    }
    const { session } = launched;
    place.session = session;
    void this.#forgetAtItsEnd(profile, place, session);
    this.#options.onLog("info", `the browser of the browser profile \`${profile}\` has started`);
    this.#options.onChange();
    if (place.calls === 0) this.#rest(profile, place);
    return launched;
  }

  async #forgetAtItsEnd(profile: string, place: Place, session: BrowserSession): Promise<void> {
    await session.ended;
    this.#forget(profile, place, session);
  }

  #forget(profile: string, place: Place, session: BrowserSession): void {
    if (place.session !== session) return;
    clearTimeout(place.timer);
    place.starting = undefined;
    place.session = undefined;
    this.#options.onLog("info", `the browser of the browser profile \`${profile}\` is gone`);
    this.#options.onChange();
  }

  /** Nobody asks at the moment. */
  #rest(profile: string, place: Place): void {
    if (place.session === undefined) {
      this.#options.onChange();
      return;
    }
    clearTimeout(place.timer);
    place.timer = setTimeout(
      () => {
        this.#options.onLog(
          "info",
          `the browser of the browser profile \`${profile}\` was not used; it is closed`,
        );
        void this.stop(profile);
      },
      Math.min(this.#options.idleMs, browserProxyLimits.maxIdleMs),
    ).unref();
  }
}
