import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { painter, wantsColor } from "../output/color.ts";
import { linesFor } from "../output/wrap-text.ts";
import { statePathsFor } from "../state.ts";
import { statusOutput } from "../watch/status-output.ts";
import { connectWatch, type WatchConnection } from "../watch/watch-connection.ts";
import { WatchDesk } from "../watch/watch-desk.ts";
import { keyInput, type WatchInput } from "../watch/watch-input.ts";
import { jsonAnswers, writeEvent } from "../watch/watch-json.ts";

const TICK_MS = 1000;

/** `openclaw approvals watch`: asks the owner, at this terminal, about runs that the policy asks about. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const paths = statePathsFor(input, io);
  const name = `process ${process.pid}`;
  return flag(input, "json") ? await watchJson(paths, name, io) : await watchTerminal(paths, name, input, io);
}

type Paths = ReturnType<typeof statePathsFor>;

async function watchJson(paths: Paths, name: string, io: CommandIo): Promise<number> {
  const connection = connectWatch(paths, name, (event) => writeEvent(io, event));
  return await untilOver(connection, () =>
    jsonAnswers(
      io,
      (answer) => connection.send(answer),
      () => connection.close(),
    ),
  );
}

async function watchTerminal(
  paths: Paths,
  name: string,
  input: CommandInput,
  io: CommandIo,
): Promise<number> {
  const output = statusOutput(io);
  const quit = (): void => connection.close();
  const desk = new WatchDesk({
    now: () => performance.now(),
    width: output.width,
    paint: painter(wantsColor(io.stdout, io.env, input)),
    print: output.print,
    status: output.status,
    send: (answer) => connection.send(answer),
    quit,
  });
  let greeted = false;
  const connection = connectWatch(paths, name, (event) => {
    if (!greeted) output.print(greeting(io));
    greeted = true;
    desk.event(event);
  });
  const ticking = setInterval(() => desk.tick(), TICK_MS);
  try {
    return await untilOver(connection, () => keyInput(io.stdin, (key) => desk.key(key), quit));
  } finally {
    clearInterval(ticking);
    output.status(undefined);
  }
}

function greeting({ stdin, stdout }: CommandIo): string[] {
  const how = stdin.isTTY
    ? "Press q to stop."
    : "Standard input is not a terminal: answer with lines (o, a, d, s, q).";
  return [...linesFor(stdout, `Watching for runs that need your approval. ${how}`), ""];
}

/**
 * Reads answers as soon as there is a host to give them to, and gives the terminal back, however it ends.
 * Stopping is the usual end of watching, so it is no failure.
 */
async function untilOver(connection: WatchConnection, startInput: () => WatchInput): Promise<number> {
  const close = (): void => connection.close();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, close);
  try {
    await Promise.race([connection.ready, connection.over]);
    const input = startInput();
    try {
      await connection.over;
    } finally {
      input.close();
    }
    return EXIT.ok;
  } finally {
    for (const signal of signals) process.removeListener(signal, close);
  }
}
