import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";
import { chooseRun, shownRuns } from "../runs/run-choice.ts";
import { removeKeptRun } from "../runs/run-folder.ts";
import { statePathsFor } from "../state.ts";

/** `openclaw node runs rm`: removes the kept output of one run, or of all that have ended. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const id = input.positionals["run"];
  const all = flag(input, "all");
  if ((id === undefined) !== all)
    throw new CliError("usage", "give the id of one run, or --all", ["see all: openclaw node runs list"]);
  const runs = await shownRuns(input, io);
  const chosen = id === undefined ? runs.filter(({ state }) => state !== "running") : [chooseRun(runs, id)];
  const going = chosen.find(({ state }) => state === "running");
  if (going !== undefined)
    throw new CliError("run-active", `run \`${going.name}\` goes on; nothing was removed`, [
      `watch it: openclaw node runs tail ${going.name} --follow`,
    ]);
  const { runsDir } = statePathsFor(input, io);
  for (const { name } of chosen) removeKeptRun(runsDir, name);
  if (flag(input, "json")) io.stdout.write(jsonPretty({ ok: true, removed: chosen.map(({ name }) => name) }));
  else screenFor(input, io).line(chosen.length === 1 ? "Removed 1 run." : `Removed ${chosen.length} runs.`);
  return EXIT.ok;
}
