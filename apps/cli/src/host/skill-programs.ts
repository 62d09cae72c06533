import {
  effectivePolicy,
  resolveSkillBins,
  type Decision,
  type Facts,
  type PolicyDocument,
  type SegmentView,
} from "@openclaw/approvals";
import type { Session } from "@openclaw/gateway-connection";
import { parseWith, skillBinsResultSchema } from "@openclaw/protocol";
import { within } from "./deadline.ts";
import type { HostLog } from "./host-log.ts";
import type { SkillPaths } from "./judge-options.ts";
import type { PolicyStore } from "./policy-store.ts";

export const SKILL_LIMITS = {
  /** Age from which a list is asked for again before it decides; milliseconds. Source: exec section 3.8. */
  freshMs: 90_000,
  /** How long a Gateway that gave no list is left in peace; milliseconds. */
  retryMs: 15_000,
  /** How long the Gateway may take to answer; milliseconds. */
  answerMs: 10_000,
  /** How long a run waits that only a skill could allow; milliseconds. */
  waitMs: 3_000,
} as const;

export interface SkillProgramsOptions {
  readonly policy: PolicyStore;
  /** The machine as the host itself finds it: its own PATH. */
  readonly facts: () => Facts;
  readonly log: HostLog;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * The programs of installed skills, as the connected Gateway names them. Asked for only
 * while the policy lets skills run; each name is bound to the path that it has at that
 * moment. A list ends with its connection, and outlives a failure to get a newer one.
 */
export class SkillPrograms {
  readonly #options: SkillProgramsOptions;
  readonly #now: () => number;
  #session: Session | undefined;
  #paths: SkillPaths = new Map();
  /** When the Gateway is to be asked again. */
  #dueAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #failing = false;

  constructor(options: SkillProgramsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** What may be relied on now: nothing while the list is older than it may be. */
  get paths(): SkillPaths {
    return this.#isDue() ? NONE : this.#paths;
  }

  /** A connection is there: its list is fetched in the background when some policy wants it. */
  onReady(session: Session): void {
    this.onEnd();
    this.#session = session;
    const policy = this.#options.policy.current();
    if (policy.kind === "ok" && wantsSkills(policy.document)) void this.#refresh();
  }

  /** The connection is gone, and its list with it. */
  onEnd(): void {
    this.#session = undefined;
    this.#paths = NONE;
    this.#dueAt = Number.NEGATIVE_INFINITY;
    this.#asking = undefined;
    this.#failing = false;
  }

  /**
   * Whether a run was refused for want of an entry that a newer list could stand in for, so
   * that it is worth `renew` and a second look. Every other run costs nothing here.
   */
  mayAllow(decision: Judged, agentId: string | undefined): boolean {
    if (decision.outcome !== "ask" && decision.outcome !== "deny") return false;
    if (decision.reason !== "not-listed" || !lacksBareName(decision)) return false;
    if (!this.#isDue() || this.#session === undefined) return false;
    return effectivePolicy(this.#options.policy.current(), agentId).autoAllowSkills.value;
  }

  /** Waits for a list of now, but not for long. */
  async renew(signal: AbortSignal): Promise<void> {
    await within(SKILL_LIMITS.waitMs, Promise.race([this.#refresh(), aborted(signal)]));
  }

  #isDue(): boolean {
    return this.#now() >= this.#dueAt;
  }

  #refresh(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return Promise.resolve();
    this.#asking ??= this.#ask(session).finally(() => {
      if (this.#session === session) this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(session: Session): Promise<void> {
    const answer = await askFor(session);
    // A list of an earlier connection is nobody's list.
    if (this.#session !== session) return;
    const { log, facts } = this.#options;
    if (answer.ok) {
      this.#paths = resolveSkillBins(answer.names, facts());
      this.#dueAt = this.#now() + SKILL_LIMITS.freshMs;
      log.debug(`the Gateway names ${answer.names.length} skill programs, ${this.#paths.size} are here`);
    } else {
      this.#dueAt = this.#now() + SKILL_LIMITS.retryMs;
      const kept = this.#paths.size === 0 ? "none count" : "the earlier ones stay";
      log[this.#failing ? "debug" : "warn"](
        `the Gateway gave no list of skill programs, ${kept}: ${answer.problem}`,
      );
    }
    this.#failing = !answer.ok;
  }
}

const NONE: SkillPaths = new Map();

/** What of a decision, or of a dry run, says whether skills could change it. */
interface Judged {
  readonly outcome: Decision["outcome"];
  readonly reason: string;
  readonly view?: { readonly segments: readonly Pick<SegmentView, "typed" | "cause">[] } | undefined;
}

type Answer =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly problem: string };

async function askFor(session: Session): Promise<Answer> {
  try {
    const payload = await session.request("skills.bins", {}, { timeoutMs: SKILL_LIMITS.answerMs });
    const parsed = parseWith(skillBinsResultSchema, payload, "answer to skills.bins");
    return parsed.ok ? { ok: true, names: parsed.value.bins } : { ok: false, problem: parsed.error.message };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether any agent of this document may run skills; one that is not named falls under the rest. */
function wantsSkills({ defaults, agents }: PolicyDocument): boolean {
  return [defaults, ...agents.values()].some(({ autoAllowSkills }) => autoAllowSkills === true);
}

/** A skill is known by the name of a program that is here and was typed without a path. */
function lacksBareName({ view }: Judged): boolean {
  const segments = view?.segments ?? [];
  return segments.some(({ cause, typed: [name = ""] }) => {
    const unlisted = cause?.kind === "no-entry" || cause?.kind === "argument-pattern";
    return unlisted && !/[\\/]/u.test(name);
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
