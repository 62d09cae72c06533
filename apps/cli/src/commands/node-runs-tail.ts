import { setTimeout as pause } from "node:timers/promises";
import { flag, numberOption, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonLine, terminalText } from "../output/printable.ts";
import { KEPT_LIMITS } from "../runs/limits.ts";
import { OutputReader } from "../runs/read-output.ts";
import { readRecord } from "../runs/run-record.ts";
import { statePathsFor } from "../state.ts";
import { chooseRun, shownRuns, type ShownRun } from "../runs/run-choice.ts";

type StreamName = "stdout" | "stderr";

/** `openclaw node runs tail`: the last lines of both outputs, and with `--follow` what comes until the run ends. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const lines = numberOption(input, "lines") ?? KEPT_LIMITS.tailLines;
  if (!Number.isInteger(lines) || lines < 0 || lines > KEPT_LIMITS.maxTailLines)
    throw new CliError("bad-option", `invalid -n: use a number from 0 to ${KEPT_LIMITS.maxTailLines}`);
  const id = input.positionals["run"] ?? "";
  let shown = chooseRun(await shownRuns(input, io), id);
  const streams = wantedStreams(input).map((name) => ({ name, reader: new OutputReader(shown[name]) }));
  const write = (stream: StreamName, text: string): void => {
    if (text === "") return;
    io.stdout.write(flag(input, "json") ? jsonLine({ stream, text }) : terminalText(text));
  };
  const stop = new AbortController();
  const end = (): void => stop.abort();
  for (const signal of ENDS) process.once(signal, end);
  try {
    let looks = 0;
    for (const { reader } of streams) reader.skipToLast(lines);
    for (;;) {
      for (const { name, reader } of streams) for (const text of reader.read()) write(name, text);
      if (!flag(input, "follow") || shown.state !== "running" || stop.signal.aborted) break;
      // The files tell nobody that they have grown.
      // oxlint-disable-next-line no-await-in-loop -- each look follows the one before
      await pause(KEPT_LIMITS.followMs, undefined, { signal: stop.signal }).catch(() => undefined);
      // Asked before the last look at the files: whatever was printed before the end is there by then.
      looks += 1;
      // oxlint-disable-next-line no-await-in-loop -- each look follows the one before
      shown = await again(shown, input, io, looks % LOOKS_PER_QUESTION === 0);
    }
    for (const { name, reader } of streams) write(name, reader.rest());
  } finally {
    for (const signal of ENDS) process.removeListener(signal, end);
    for (const { reader } of streams) reader.close();
  }
  return EXIT.ok;
}

const ENDS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function wantedStreams(input: CommandInput): readonly StreamName[] {
  const both = flag(input, "stdout") === flag(input, "stderr");
  if (both) return ["stdout", "stderr"];
  return flag(input, "stdout") ? ["stdout"] : ["stderr"];
}

/** A host that is gone cannot write the end of its runs; it is looked for now and then. */
const LOOKS_PER_QUESTION = 8;

/** The same run as it stands now; one that was removed has ended. */
async function again(
  before: ShownRun,
  input: CommandInput,
  io: CommandIo,
  askHost: boolean,
): Promise<ShownRun> {
  if (askHost) {
    const now = (await shownRuns(input, io)).find(({ name }) => name === before.name);
    return now ?? { ...before, state: "ended" };
  }
  const record = readRecord(statePathsFor(input, io).runsDir, before.name);
  return record === undefined || record.end !== undefined ? { ...before, state: "ended" } : before;
}
