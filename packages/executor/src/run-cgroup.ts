import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { earlyProcesses, type EarlyRun } from "./early-processes.ts";
import { systemCode } from "./errors.ts";
import { RUN_LIMITS } from "./limits.ts";

/** Where the control groups of runs are made. */
export interface CgroupHome {
  /** The group of the host itself: its directory. Children are born in it. */
  readonly main: string;
  /** Directory that holds one control group per run. */
  readonly runs: string;
  /** Controllers that are switched on for runs. */
  readonly controllers: readonly string[];
  /** Groups whose runs left something behind; each is removed when it has become empty. */
  readonly left: Set<string>;
  /** Settles when the moves that were asked for so far are done. */
  moves: Promise<unknown>;
}

/** What the kernel counted in the control group of a run. */
export interface CgroupEvents {
  readonly outOfMemory: boolean;
  readonly outOfProcesses: boolean;
}

/** The control group of one run: nothing that is started in it can leave it by accident. */
export class RunCgroup {
  readonly path: string;
  readonly #home: CgroupHome;

  private constructor(path: string, home: CgroupHome) {
    this.path = path;
    this.#home = home;
  }

  /**
   * Makes the group and sets its limits (`memory.max` and the like).
   * Throws the system's error when it cannot be made or a limit does not exist.
   */
  static make(home: CgroupHome, id: string, settings: Readonly<Record<string, string>> = {}): RunCgroup {
    for (const left of home.left) if (removeGroup(left)) home.left.delete(left);
    const path = join(home.runs, id);
    mkdirSync(path);
    const group = new RunCgroup(path, home);
    try {
      // Never created: where the controller is absent the file is too, and that must be seen.
      for (const [file, value] of Object.entries(settings)) group.#set(file, value);
    } catch (error) {
      group.remove();
      throw error;
    }
    return group;
  }

  #set(file: string, value: string): void {
    try {
      writeFileSync(join(this.path, file), value, { flag: "r+" });
    } catch (error) {
      // A kernel that does not count swap space has no limit for it.
      if (file !== "memory.swap.max" || systemCode(error) !== "ENOENT") throw error;
    }
  }

  /**
   * Moves a process in that was just started, and all that it has started since: they are in the host's own group until
   * then, whatever they have done to be lost. The kernel may take its time for a move (some 10 ms on a quiet machine), so
   * the run does not wait for it, moves wait for each other, and a run that is over by then needs none.
   * False when the process was gone already or may not be moved.
   */
  async enter(run: EarlyRun, isOver: () => boolean): Promise<boolean> {
    const turn = this.#home.moves.then(async () => await this.#enterNow(run, isOver));
    this.#home.moves = turn;
    return await turn;
  }

  async #enterNow(run: EarlyRun, isOver: () => boolean): Promise<boolean> {
    if (isOver()) return false;
    const entered = await this.#move(run.root);
    // Nor does it look for what it left when it is over meanwhile: that could be the next run's.
    for (let round = 0; round < RUN_LIMITS.killRounds && !isOver(); round += 1) {
      const early = earlyProcesses(pidsIn(this.#home.main), run);
      if (early.length === 0) break;
      // oxlint-disable-next-line no-await-in-loop -- until nothing new is found
      await Promise.all(early.map(async (pid) => await this.#move(pid)));
    }
    return entered;
  }

  async #move(pid: number): Promise<boolean> {
    try {
      await writeFile(join(this.path, "cgroup.procs"), String(pid), { flag: "r+" });
      return true;
    } catch {
      return false;
    }
  }

  /** Ends everything in the group and in groups below it, in one step. */
  kill(): void {
    try {
      writeFileSync(join(this.path, "cgroup.kill"), "1", { flag: "r+" });
    } catch {
      // Removed already, or a kernel before 5.14: the tree is looked for as well.
    }
  }

  isPopulated(): boolean {
    return /^populated 1$/mu.test(this.#read("cgroup.events"));
  }

  members(): readonly number[] {
    return groupsBelow(this.path).flatMap(pidsIn);
  }

  events(): CgroupEvents {
    return {
      outOfMemory: /^oom_kill [1-9]/mu.test(this.#read("memory.events")),
      outOfProcesses: /^max [1-9]/mu.test(this.#read("pids.events")),
    };
  }

  /** Processor time that everything in the group has used so far. */
  cpuSeconds(): number {
    return Number(/^usage_usec (\d+)$/mu.exec(this.#read("cpu.stat"))?.[1] ?? "0") / 1_000_000;
  }

  /** False while something lives in it; then a later run of the same home removes it. */
  remove(): boolean {
    const gone = removeGroup(this.path);
    if (!gone) this.#home.left.add(this.path);
    return gone;
  }

  #read(file: string): string {
    return readText(join(this.path, file));
  }
}

/** Removes a group and those below it, innermost first. */
export function removeGroup(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return true;
  }
  let gone = false;
  for (const group of groupsBelow(path).toReversed()) {
    try {
      rmdirSync(group);
      gone = group === path;
    } catch {
      gone = false;
    }
  }
  return gone;
}

/** A group and all below it, outermost first. */
function groupsBelow(path: string): readonly string[] {
  try {
    const inner = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [path, ...inner.flatMap(({ name }) => groupsBelow(join(path, name)))];
  } catch {
    return [];
  }
}

function pidsIn(group: string): readonly number[] {
  return readText(join(group, "cgroup.procs")).split("\n").filter(Boolean).map(Number);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
