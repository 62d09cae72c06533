import { realpathSync } from "node:fs";
import type { StatePaths } from "@openclaw/config-store";
import type { Containment } from "@openclaw/executor";
import type { KeptRuns } from "../runs/kept-runs.ts";
import { runMarks, type RunMarks } from "../runs/run-marks.ts";
import type { HostLog } from "./host-log.ts";

/** Milliseconds: from the hello to the look, which delays nothing then; and without a hello. */
const LOOK_MS = { connected: 250, alone: 10_000 } as const;

export interface LeftBehindOptions {
  readonly deviceId: string;
  readonly paths: Pick<StatePaths, "stateDir" | "runsDir" | "auditFile">;
  readonly kept: KeptRuns;
  readonly containment: Pick<Containment, "kind">;
  readonly log: HostLog;
}

/** Runs that a host of this state directory left when it was killed. Its own runs it marks, for the next one. */
export class LeftBehind {
  readonly marks: RunMarks;
  readonly #options: LeftBehindOptions;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: LeftBehindOptions) {
    this.#options = options;
    this.marks = runMarks(options.deviceId, realpathSync(options.paths.stateDir));
  }

  /** Says what was cut off. What still goes on of it is ended later. */
  begin(): void {
    const { kept, log, containment } = this.#options;
    const lost = kept.recover();
    if (lost > 0)
      log.warn(
        `${lost === 1 ? "1 run was" : `${lost} runs were`} cut off when this host ended the last time: openclaw node runs list`,
      );
    if (containment.kind === "cgroup" || containment.kind === "process-tree") this.#lookIn(LOOK_MS.alone);
    else if (lost > 0)
      log.warn("cannot look for programs of theirs that go on: this system does not show whose they are");
  }

  /** The connection stands: there is time now. */
  connected(): void {
    if (this.#timer !== undefined) this.#lookIn(LOOK_MS.connected);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closing.abort();
    await this.#looking;
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#looking = this.#look();
    }, ms);
  }

  async #look(): Promise<void> {
    const { kept, log, paths } = this.#options;
    try {
      const { endLeftRuns } = await import("../runs/left-runs.ts");
      await endLeftRuns({ ...paths, kept, log, marks: this.marks }, this.#closing.signal);
    } catch (error) {
      log.warn(
        `cannot look for what runs have left: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
