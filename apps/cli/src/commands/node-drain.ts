import { realServiceSystem, type ServiceSystem } from "@openclaw/service-installer";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { PAUSE_LIMITS } from "../host/pause-file.ts";
import { jsonPretty } from "../output/printable.ts";
import { duration } from "../output/time-ago.ts";
import { drainHost, type DrainEnd, type RunningRun } from "../service/drain-host.ts";
import { pauseHost, sayPaused } from "../service/pause-host.ts";
import { say } from "../service/say.ts";
import { stopHost } from "../service/stop-host.ts";
import { spanOption } from "../span.ts";
import { statePathsFor } from "../state.ts";

/** `openclaw node drain`: pauses, and waits until nothing runs any more. The pause stays, however the waiting ends. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await drain(input, io, realServiceSystem(io.env));
}

export async function drain(input: CommandInput, io: CommandIo, system: ServiceSystem): Promise<number> {
  const timeoutMs = spanOption(input, "timeout", PAUSE_LIMITS.forMs);
  const paths = statePathsFor(input, io);
  const json = flag(input, "json");
  const paused = await pauseHost(paths, { keep: flag(input, "keep") });
  if (!json) sayPaused(paused, io);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  for (const signal of ENDS) process.once(signal, interrupt);
  try {
    let told: number | undefined;
    const onRuns = (runs: readonly RunningRun[]): void => {
      if (!json && runs.length > 0 && runs.length !== told) say(io, `Waiting for ${countText(runs)}.`);
      told = runs.length;
    };
    const end = await drainHost(paths, { timeoutMs, signal: stop.signal, onRuns });
    if (end.how !== "drained") throw stillRunning(end, timeoutMs);
  } finally {
    for (const signal of ENDS) process.removeListener(signal, interrupt);
  }
  const stopped = flag(input, "stop") ? await stopHost(input, paths, system) : undefined;
  if (json) io.stdout.write(jsonPretty({ ok: true, paused, stopped: stopped ?? null }));
  else {
    say(io, "Nothing runs any more.");
    if (stopped !== undefined)
      say(io, stopped === "service" ? "Stopped the service." : "Stopped the node host.");
  }
  return EXIT.ok;
}

const ENDS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function countText(runs: readonly RunningRun[]): string {
  return runs.length === 1 ? `1 run: ${runs[0]?.command ?? ""}` : `${runs.length} runs`;
}

function stillRunning({ how, runs }: DrainEnd, timeoutMs: number | undefined): CliError {
  const when = how === "timeout" && timeoutMs !== undefined ? ` after ${duration(timeoutMs)}` : "";
  const what = runs.length === 1 ? "1 run goes on" : `${runs.length} runs go on`;
  return new CliError("drain-timeout", `${what}${when}; the node stays paused`, [
    ...runs.map(({ runId, command, agentId, startedAt }) => {
      const agent = agentId === undefined ? "" : `, agent ${agentId}`;
      return `run ${runId}${agent}, for ${duration(Math.max(0, Date.now() - startedAt))}: ${command}`;
    }),
    "to go on as before: openclaw node resume",
  ]);
}
