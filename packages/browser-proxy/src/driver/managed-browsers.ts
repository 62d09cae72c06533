import { readReachPolicy } from "../address/reach-policy.ts";
import type { ReachConfig, ReachPolicy } from "../address/reach-policy.ts";
import type { ProfileState } from "../answer/browser-status.ts";
import type { BrowserEra, RouteOutcome, RoutedProfile } from "../answer/route-outcome.ts";
import { answerWithoutPage } from "../answer/without-page.ts";
import { readBrowserProfiles } from "../browser/browser-profile.ts";
import type { BrowserProfile, BrowserProfileEntry } from "../browser/browser-profile.ts";
import type { EgressRecord } from "../egress/egress-record.ts";
import type { EgressNetwork } from "../egress/reach-host.ts";
import { IssuedFiles } from "../files/issued-files.ts";
import type { AnswerFile } from "../files/issued-files.ts";
import { browserProxyLimits } from "../limits.ts";
import type { PageRequest } from "../page/page-route.ts";
import type { BrowserSession } from "../session/browser-session.ts";
import { Launcher } from "./launcher.ts";
import { failed, namesTarget, succeeded } from "./route-input.ts";
import { isPageRoute, runRoute } from "./run-route.ts";
import { SessionPool } from "./session-pool.ts";
import type { TabCall } from "./tab-routes.ts";

/** `browser.*` of the configuration as it is written (plain JSON), so that it can be sent to another process. */
export interface ManagedBrowserConfig {
  readonly headless?: boolean | undefined;
  readonly noSandbox?: boolean | undefined;
  readonly executablePath?: string | undefined;
  readonly extraArgs?: readonly string[] | undefined;
  readonly attachOnly?: boolean | undefined;
  /** Time for a browser elsewhere to say where it is, in milliseconds. Default 1500 when the next one is set. */
  readonly remoteCdpTimeoutMs?: number | undefined;
  /** Time for the connection to it after that, in milliseconds. Default twice the first, 2000 at least. */
  readonly remoteCdpHandshakeTimeoutMs?: number | undefined;
  /** Default true. */
  readonly evaluateEnabled?: boolean | undefined;
  /** Default `openclaw`. */
  readonly defaultProfile?: string | undefined;
  /** `nodeHost.browserProxy.allowProfiles` */
  readonly allowProfiles?: readonly string[] | undefined;
  readonly profiles?: Readonly<Record<string, BrowserProfileEntry>> | undefined;
  readonly ssrfPolicy?: ReachConfig | undefined;
}

export interface ManagedBrowsersOptions {
  /** The state directory: user data in `browser/<profile>/user-data`, screenshots in `media/browser`. */
  readonly stateDir: string;
  readonly config: ManagedBrowserConfig;
  /** Default `<temporary directory>/openclaw/uploads`. */
  readonly uploadsDir?: string;
  /** Default `<temporary directory>/openclaw/downloads`. */
  readonly downloadsDir?: string;
  /** Time without a call after which a browser is closed, in milliseconds. Default `browserProxyLimits.browserIdleMs`. */
  readonly idleMs?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
  readonly now?: () => number;
  /** One sentence for the owner, without anything from pages. */
  readonly onLog?: (level: "info" | "warn", sentence: string) => void;
  /** Every decision of the way out, with the browser profile that it was for. */
  readonly onEgress?: (record: EgressRecord & { readonly profile: string }) => void;
  /** Whenever a browser starts or is gone; `status()` and `idle` are true at that moment. */
  readonly onChange?: () => void;
  /** Tests put their own names and machines here. */
  readonly network?: EgressNetwork;
}

/** The answer to one call, still without the words of an era: `invokeAnswer` takes exactly this. */
export interface BrowserAnswer {
  readonly outcome: RouteOutcome;
  readonly routed: RoutedProfile | undefined;
  /** The files that the result names; the driver has read them. */
  readonly files: readonly AnswerFile[];
}

export interface CallOptions {
  /** Aborted when nobody waits for the answer any more; the page action is cancelled. */
  readonly signal: AbortSignal;
  readonly era: BrowserEra;
  /** Hears the address of the page that a route worked on, for the audit. */
  readonly onPage?: (address: string) => void;
}

/** One browser profile of this machine, for `openclaw node browser status`. */
export interface ManagedBrowserStatus {
  readonly profile: string;
  readonly driver: string;
  readonly way: "managed" | "remote" | "unsupported";
  readonly color: string;
  readonly running: boolean;
  readonly pid: number | null;
  readonly tabs: number;
  /** When it was started, in milliseconds since 1970. */
  readonly sinceMs: number | null;
  readonly userDataDir: string | null;
}

/** The browsers of one node host, one for each browser profile, and everything that they need. `close` leaves nothing. */
export class ManagedBrowsers {
  readonly #options: ManagedBrowsersOptions;
  readonly #reach: ReachPolicy;
  readonly #profiles: readonly BrowserProfile[];
  readonly #issued = new IssuedFiles();
  readonly #pool: SessionPool;
  readonly #launcher: Launcher;
  #calls = 0;

  constructor(options: ManagedBrowsersOptions) {
    const { config, onLog = () => undefined, onChange = () => undefined } = options;
    this.#options = options;
    this.#reach = readReachPolicy(config.ssrfPolicy ?? {});
    this.#profiles = readBrowserProfiles(new Map(Object.entries(config.profiles ?? {})));
    for (const problem of this.#reach.problems) onLog("warn", problem);
    this.#launcher = new Launcher(options, { reach: this.#reach, issued: this.#issued });
    this.#pool = new SessionPool({
      launch: (name) => this.#launcher.launch(this.#profiles.find((profile) => profile.name === name)),
      idleMs: options.idleMs ?? browserProxyLimits.browserIdleMs,
      onChange,
      onLog,
    });
  }

  /**
   * Answers one admitted call within its own `timeoutMs`, and starts the browser when the route needs one. Never rejects
   * for a mistake of the caller or of a page. A call that ran out of time, or whose signal was aborted, gives "timed-out".
   */
  async call(
    request: PageRequest,
    { signal, era, onPage }: CallOptions,
  ): Promise<BrowserAnswer | "timed-out"> {
    const { timeoutMs } = request.call;
    const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    this.#calls += 1;
    try {
      const work = (): Promise<BrowserAnswer | "timed-out"> =>
        Promise.race([this.#answer({ request, era, signal: ended, onPage }), untilAborted(ended)]);
      const { profile } = request.admitted;
      const isKnown = this.#profiles.some(({ name }) => name === profile);
      return await (isKnown ? this.#pool.hold(profile, work) : work());
    } finally {
      this.#calls -= 1;
      if (this.idle) this.#options.onChange?.();
    }
  }

  status(): readonly ManagedBrowserStatus[] {
    return this.#profiles.map(({ name, driver, way, color }) => {
      const session = this.#pool.running(name);
      const runs = {
        running: session !== undefined,
        pid: session?.pid ?? null,
        tabs: session?.tabs.present.length ?? 0,
        sinceMs: session?.sinceMs ?? null,
        userDataDir: session?.userDataDir ?? null,
      };
      return { profile: name, driver, way, color, ...runs };
    });
  }

  /** No browser runs or starts, and no call is being answered: the process around it may end. */
  get idle(): boolean {
    return this.#calls === 0 && this.#pool.isIdle;
  }

  /** Ends every browser and every proxy; calls that still run fail. May be called again. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  async #answer(call: Omit<TabCall, "session">): Promise<BrowserAnswer> {
    const { request, era } = call;
    const settings = await this.#launcher.settings();
    const question = { ...request, era, states: this.#states(), settings, reach: this.#reach };
    const { outcome: early, routed } = answerWithoutPage(question);
    const outcome = early ?? (await this.#inBrowser(call));
    if (!outcome.ok) return { outcome, routed, files: [] };
    const attached = await this.#issued.attach(outcome.result);
    if (attached.ok) return { outcome, routed, files: attached.files };
    return { outcome: failed(500, attached.message), routed, files: [] };
  }

  async #inBrowser(call: Omit<TabCall, "session">): Promise<RouteOutcome> {
    const { profile, match } = call.request.admitted;
    const route = `${match.route.method} ${match.route.pattern}`;
    if (route === "POST /stop") return succeeded({ ok: true, stopped: await this.#stop(profile), profile });
    const running = isPageRoute(match.route) ? this.#pool.running(profile) : undefined;
    if (running !== undefined && !call.signal.aborted) {
      // A browser takes its questions in order: one that does not answer this one has done nothing of the route. Where a
      // new browser could do nothing either, for want of the tab, it is asked only about a failure.
      const alive = namesTarget(call.request) ? undefined : running.isAlive();
      const outcome = this.#run(call, running);
      if (alive === undefined ? (await outcome).ok || (await running.isAlive()) : await alive) return outcome;
    }
    const launched = await this.#pool.start(profile);
    if (!launched.ok) return failed(launched.status ?? 500, launched.sentence, { thrown: true });
    if (route === "POST /start") return succeeded({ ok: true, profile });
    // Nobody waits any more: a page must not begin with what was asked for.
    if (call.signal.aborted) return failed(503, "the call was cancelled");
    return this.#run(call, launched.session);
  }

  #run(call: Omit<TabCall, "session">, session: BrowserSession): Promise<RouteOutcome> {
    const evaluateEnabled = this.#options.config.evaluateEnabled !== false;
    return runRoute({ ...call, session }, { evaluateEnabled });
  }

  /** A browser elsewhere is left, not stopped. */
  async #stop(profile: string): Promise<boolean> {
    const isOurs = this.#pool.running(profile)?.userDataDir !== undefined;
    return (await this.#pool.stop(profile)) && isOurs;
  }

  #states(): readonly ProfileState[] {
    const { config } = this.#options;
    return this.#profiles.map((profile) => {
      const session = this.#pool.running(profile.name);
      return {
        ...profile,
        running: session !== undefined,
        pid: session?.pid,
        tabCount: session?.tabs.present.length ?? 0,
        userDataDir: session?.userDataDir,
        attachOnly: config.attachOnly === true || config.profiles?.[profile.name]?.attachOnly === true,
      };
    });
  }
}

function untilAborted(signal: AbortSignal): Promise<"timed-out"> {
  return new Promise((resolve) => {
    const onAbort = (): void => {
      resolve("timed-out");
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
