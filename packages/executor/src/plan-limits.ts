import type { Containment } from "./containment.ts";
import { failure, type ExecutionFailure } from "./errors.ts";

/** What a run may use. Each is in force or the run is refused; left out means no limit. */
export interface RunLimits {
  /** Bytes of memory. */
  readonly memoryBytes?: number | undefined;
  /** Seconds of processor time. */
  readonly cpuSeconds?: number | undefined;
  /** Processes and threads at once. */
  readonly processes?: number | undefined;
  /** Open files of each process. */
  readonly openFiles?: number | undefined;
  /** 1 to 19: how far the run steps back behind others; added to the host's own. */
  readonly nice?: number | undefined;
}

export type LimitName = "memory" | "cpu" | "processes" | "open-files" | "nice";

/** How one limit is kept. `run`: all processes together; `process`: each for itself. */
export interface LimitInForce {
  readonly name: LimitName;
  readonly by: "cgroup" | "prlimit" | "nice";
  readonly scope: "run" | "process";
}

export interface LimitPlan {
  readonly ok: true;
  readonly inForce: readonly LimitInForce[];
  /** Files of the run's control group and what is written into them; none means that no group is needed for limits. */
  readonly cgroup: Readonly<Record<string, string>>;
  /** Processor time of the whole run that the executor watches; seconds. */
  readonly watchCpuSeconds: number | undefined;
  /** Program and arguments that stand before the command. */
  readonly prefix: readonly string[];
}

export type LimitPlanning = LimitPlan | { readonly ok: false; readonly failure: ExecutionFailure };

type LimitFacts = Pick<Containment, "cgroup" | "tools">;

/** Lowest and highest value of each; a shell and a small program must still be able to start. */
const RANGES: Readonly<Record<keyof RunLimits, readonly [least: number, most: number]>> = {
  memoryBytes: [1_048_576, Number.MAX_SAFE_INTEGER],
  cpuSeconds: [1, 1_000_000_000],
  processes: [1, 4_194_304],
  openFiles: [16, 1_048_576],
  nice: [0, 19],
};
const NAMES = ["memoryBytes", "cpuSeconds", "processes", "openFiles", "nice"] as const;

/** How the limits can be kept here: by the run's control group, else by prlimit(1); a refusal when neither serves. */
export function planLimits(limits: RunLimits, facts: LimitFacts): LimitPlanning {
  const bad = NAMES.find((name) => limits[name] !== undefined && !isInRange(limits[name], RANGES[name]));
  if (bad !== undefined) {
    const [least, most] = RANGES[bad];
    return {
      ok: false,
      failure: failure(
        "limit-invalid",
        `limit \`${bad}\` is not a whole number from ${least} to ${most}; correct it`,
      ),
    };
  }
  const unknown = Object.keys(limits).find((name) => !Object.hasOwn(RANGES, name));
  if (unknown !== undefined)
    return {
      ok: false,
      failure: failure(
        "limit-invalid",
        `there is no limit \`${unknown.slice(0, 40)}\`; known are ${NAMES.join(", ")}`,
      ),
    };
  const ways = [
    memory(limits, facts),
    cpu(limits, facts),
    processes(limits, facts),
    openFiles(limits, facts),
    nice(limits, facts),
  ].filter((way) => way !== undefined);
  const refusals = ways.filter((way) => typeof way === "string");
  if (refusals.length > 0)
    return {
      ok: false,
      failure: failure("limit-unavailable", `the run was not started: ${refusals.join("; ")}`),
    };
  const kept = ways.filter((way) => typeof way !== "string");
  const rlimits = kept.flatMap((way) => way.prlimit ?? []);
  return {
    ok: true,
    inForce: kept.map(({ name, by, scope }) => ({ name, by, scope })),
    cgroup: Object.fromEntries(kept.flatMap((way) => Object.entries(way.cgroup ?? {}))),
    watchCpuSeconds: kept.some(({ name, by }) => name === "cpu" && by === "cgroup")
      ? limits.cpuSeconds
      : undefined,
    prefix: [
      ...kept.flatMap((way) => way.nice ?? []),
      ...(rlimits.length > 0 && facts.tools.prlimit !== undefined
        ? [facts.tools.prlimit, ...rlimits, "--"]
        : []),
    ],
  };
}

/** One limit and what keeps it, or a text that says why nothing can. */
type Way =
  | (LimitInForce & {
      readonly cgroup?: Record<string, string>;
      readonly prlimit?: readonly string[];
      readonly nice?: readonly string[];
    })
  | string
  | undefined;

function memory({ memoryBytes: bytes }: RunLimits, { cgroup, tools }: LimitFacts): Way {
  if (bytes === undefined) return undefined;
  if (cgroup?.controllers.includes("memory") === true) {
    // Without it, what does not fit would go to the swap space, as much as there is.
    const files = { "memory.max": String(bytes), "memory.swap.max": "0", "memory.oom.group": "1" };
    return { name: "memory", by: "cgroup", scope: "run", cgroup: files };
  }
  return byPrlimit("memory", "data", lower(bytes, tools.hardLimits.dataBytes), tools.prlimit);
}

function cpu({ cpuSeconds: seconds }: RunLimits, { cgroup, tools }: LimitFacts): Way {
  if (seconds === undefined) return undefined;
  // Every control group counts its processor time, also where no controller is delegated.
  if (cgroup !== undefined) return { name: "cpu", by: "cgroup", scope: "run" };
  const soft = lower(seconds, tools.hardLimits.cpuSeconds);
  // One second more until SIGKILL: the first signal is one that tells why.
  return byPrlimit("cpu", "cpu", soft, tools.prlimit, lower(soft + 1, tools.hardLimits.cpuSeconds));
}

function processes({ processes: count }: RunLimits, { cgroup }: LimitFacts): Way {
  if (count === undefined) return undefined;
  if (cgroup?.controllers.includes("pids") === true)
    return { name: "processes", by: "cgroup", scope: "run", cgroup: { "pids.max": String(count) } };
  // prlimit counts all processes of the user, those of this host too.
  return "a limit on processes needs a control group with the controller `pids`, which this service does not have";
}

function openFiles({ openFiles: count }: RunLimits, { tools }: LimitFacts): Way {
  return count === undefined
    ? undefined
    : byPrlimit("open-files", "nofile", lower(count, tools.hardLimits.openFiles), tools.prlimit);
}

function nice({ nice: steps }: RunLimits, { tools }: LimitFacts): Way {
  if (steps === undefined) return undefined;
  if (tools.nice === undefined) return "a limit by `nice` needs the program nice(1), which is missing here";
  return { name: "nice", by: "nice", scope: "process", nice: [tools.nice, "-n", String(steps)] };
}

function byPrlimit(
  name: LimitName,
  option: string,
  soft: number,
  tool: string | undefined,
  hard: number = soft,
): Way {
  if (tool === undefined)
    return `a limit on ${name} needs a delegated control group or the program prlimit(1) (package util-linux), and neither is here`;
  return { name, by: "prlimit", scope: "process", prlimit: [`--${option}=${soft}:${hard}`] };
}

/** No process can raise what its parent may not exceed; the lower one of the two is in force. */
function lower(value: number, hard: number | undefined): number {
  return hard === undefined ? value : Math.min(value, hard);
}

function isInRange(value: unknown, [least, most]: readonly [number, number]): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most;
}
