import { setTimeout as pause } from "node:timers/promises";
import type { ServiceSystem } from "@openclaw/service-installer";
import type { CommandInput, CommandIo } from "../command.ts";
import { jsonLine } from "../output/printable.ts";
import { cutText } from "../output/text-width.ts";
import type { NodeStage } from "./node-stages.ts";
import { say } from "./say.ts";
import { statusLines } from "./status-lines.ts";
import { findService, type FoundService } from "./service-place.ts";
import { statusDocument } from "./status-document.ts";
import { stageOf, statusReport, type StatusReport } from "./status-report.ts";
import { showStatus } from "./status-screen.ts";

/** How often the host is asked, and how often the service manager, whose answer costs two processes; milliseconds. */
const ASK_MS = 1000;
const LOOK_MS = 15_000;
const ENDS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface WatchOptions {
  readonly json: boolean;
  /** Ends the watch; default: the signals that end a command. */
  readonly signal?: AbortSignal;
  readonly askMs?: number;
}

/**
 * `node status --watch`: on a terminal the status, drawn anew each second; in a pipe a line for each thing that changed,
 * or with `--json` a document on one line for each change. Returns the last stage.
 */
export async function watchStatus(
  input: CommandInput,
  io: CommandIo,
  system: ServiceSystem,
  options: WatchOptions,
): Promise<NodeStage["stage"]> {
  const { json, askMs = ASK_MS } = options;
  const stop = new AbortController();
  const end = (): void => stop.abort();
  for (const signal of ENDS) process.once(signal, end);
  options.signal?.addEventListener("abort", end, { once: true });
  const screen = !json && io.stdout.isTTY === true && io.env["TERM"] !== "dumb";
  const show = screen ? drawer(io) : json ? documentTeller(io) : lineTeller(io);
  let found: FoundService | undefined;
  let lookedAt = 0;
  let report: StatusReport | undefined;
  try {
    while (!stop.signal.aborted) {
      if (found === undefined || performance.now() - lookedAt >= LOOK_MS) {
        found = await findService(input, system);
        lookedAt = performance.now();
      }
      report = await statusReport(input, system, found);
      show(report);
      await pause(askMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    for (const signal of ENDS) process.removeListener(signal, end);
    if (screen) io.stdout.write(SHOW_CURSOR);
  }
  return report === undefined ? "no-host" : stageOf(report);
}

const SHOW_CURSOR = "\u001b[?25h";
const HIDE_CURSOR = "\u001b[?25l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/** Over what stood there, not after an erased screen: nothing flickers. */
function drawer(io: CommandIo): (report: StatusReport) => void {
  let first = true;
  return (report) => {
    const rows = process.stdout.rows ?? 24;
    // Terminals jump to the next line after the last column, so it stays free.
    const width = Math.max(40, io.stdout.columns ?? 80) - 1;
    let text = "";
    const canvas: CommandIo = {
      ...io,
      stdout: { write: (more) => void (text += more), isTTY: true, columns: width },
      stderr: { write: (more) => void (text += more), isTTY: true, columns: width },
    };
    const now = Date.now();
    say(canvas, `${stageOf(report)}, at ${new Date(now).toTimeString().slice(0, 8)}; Ctrl-C ends`);
    // What somebody has to do must not be below the last line.
    const { onGateway } = report.connection ?? {};
    if (onGateway !== undefined) say(canvas, `On the Gateway: ${onGateway}`);
    say(canvas, "");
    showStatus(report, canvas, now);
    const lines = text.trimEnd().split("\n");
    const fits = lines.length < rows ? lines : [...lines.slice(0, rows - 2), "…"];
    const drawn = fits.map((line) => `${cutText(line, width)}${CLEAR_LINE}\n`).join("");
    io.stdout.write(`${first ? `${HIDE_CURSOR}\u001b[2J` : ""}${HOME}${drawn}${CLEAR_BELOW}`);
    first = false;
  };
}

/** What changes all the time by itself is no change. */
function documentTeller(io: CommandIo): (report: StatusReport) => void {
  let told = "";
  return (report) => {
    const document = statusDocument(report);
    const still = JSON.stringify(document, (key, value: unknown) =>
      key === "roundTripMs" ? undefined : value,
    );
    if (still === told) return;
    told = still;
    io.stdout.write(jsonLine({ ...document, at: Date.now() }));
  };
}

function lineTeller(io: CommandIo): (report: StatusReport) => void {
  const told = new Map<string, string>();
  return (report) => {
    for (const [name, text] of statusLines(report)) {
      if (told.get(name) === text) continue;
      // Nothing said about what was never there.
      if (text !== "" || told.has(name)) say(io, `${new Date().toISOString()} ${name}: ${text || "none"}`);
      told.set(name, text);
    }
  };
}
