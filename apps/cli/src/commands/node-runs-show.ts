import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty, terminalText } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";
import { OutputReader } from "../runs/read-output.ts";
import { chooseRun, shownRuns } from "../runs/run-choice.ts";
import { runFields, runJson } from "../runs/run-screen.ts";

/** `openclaw node runs show`: what is known about a run, and its whole output. With `--json` the files are named. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const shown = chooseRun(await shownRuns(input, io), input.positionals["run"] ?? "");
  if (flag(input, "json")) {
    io.stdout.write(jsonPretty(runJson(shown)));
    return EXIT.ok;
  }
  const screen = screenFor(input, io);
  screen.fields(runFields(shown));
  for (const stream of ["stdout", "stderr"] as const) {
    const reader = new OutputReader(shown[stream]);
    let last = "";
    try {
      for (const text of reader.read()) {
        if (last === "") screen.heading(`\n${stream}`);
        io.stdout.write(terminalText(text));
        last = text;
      }
      const rest = reader.rest();
      if (rest !== "") io.stdout.write(terminalText(rest));
      if (last !== "" && !`${last}${rest}`.endsWith("\n")) io.stdout.write("\n");
    } finally {
      reader.close();
    }
  }
  return EXIT.ok;
}
