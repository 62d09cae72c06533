import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";
import { shownRuns } from "../runs/run-choice.ts";
import { RUN_COLUMNS, runJson, runRow } from "../runs/run-screen.ts";
import { statePathsFor } from "../state.ts";

/** `openclaw node runs list`: the runs whose output is kept. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const all = await shownRuns(input, io);
  const undelivered = flag(input, "undelivered");
  const runs = undelivered
    ? all.filter(({ state, record }) => state !== "running" && record.end?.delivered !== true)
    : all;
  const { runsDir } = statePathsFor(input, io);
  if (flag(input, "json")) io.stdout.write(jsonPretty({ directory: runsDir, runs: runs.map(runJson) }));
  else if (runs.length > 0)
    screenFor(input, io).table(
      RUN_COLUMNS,
      runs.map((shown) => runRow(shown, Date.now())),
    );
  else
    screenFor(input, io).line(
      undelivered ? "Every answer of a kept run was taken." : "No runs are kept on this machine.",
    );
  return EXIT.ok;
}
