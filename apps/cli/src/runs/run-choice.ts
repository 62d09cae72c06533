import type { CommandInput, CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { askControlSocket } from "../host/control-socket.ts";
import { statePathsFor } from "../state.ts";
import { listKeptRuns, type KeptRunFiles } from "./run-folder.ts";

export type RunState = "running" | "ended" | "lost";

/** A kept run, and whether it still goes on. */
export interface ShownRun extends KeptRunFiles {
  readonly state: RunState;
}

/** The kept runs of this state directory, the newest first. Those without an end go on only while their host does. */
export async function shownRuns(input: CommandInput, io: CommandIo): Promise<readonly ShownRun[]> {
  const paths = statePathsFor(input, io);
  const runs = listKeptRuns(paths.runsDir);
  const open = runs.some(({ record }) => record.end === undefined);
  const hostPid = open ? pidOf(await askControlSocket(paths.controlSocket, "status")) : undefined;
  return runs.map((run) => ({ ...run, state: stateOf(run, hostPid) }));
}

function stateOf({ record }: KeptRunFiles, hostPid: number | undefined): RunState {
  if (record.end !== undefined) return record.end.lost === true ? "lost" : "ended";
  return record.hostPid === hostPid ? "running" : "lost";
}

function pidOf(answer: unknown): number | undefined {
  const pid: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, "pid") : undefined;
  return typeof pid === "number" ? pid : undefined;
}

/** The run that the words name. Throws `unknown-run`, and `usage` where nothing is named. */
export function chooseRun(runs: readonly ShownRun[], id: string): ShownRun {
  if (id === "") throw new CliError("usage", "give the id of a run", ["see all: openclaw node runs list"]);
  const named = runs.filter(({ name, record }) => name === id || record.runId === id);
  const meant = named.length > 0 ? named : runs.filter((run) => beginsWith(run, id));
  const [run] = meant;
  if (run !== undefined && meant.length === 1) return run;
  if (run !== undefined)
    throw new CliError("unknown-run", `${meant.length} kept runs begin with \`${id}\``, [
      `give more of the id: ${meant
        .slice(0, 5)
        .map(({ name }) => name)
        .join(", ")}`,
    ]);
  throw new CliError("unknown-run", `no kept run has the id \`${id}\``, [
    "see all: openclaw node runs list",
    "short runs with short output are not kept; what was run: openclaw approvals log",
  ]);
}

function beginsWith({ name, record }: ShownRun, id: string): boolean {
  return name.startsWith(id) || record.runId.startsWith(id);
}
