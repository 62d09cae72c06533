import { WIRE_ERROR_CODES } from "@openclaw/protocol";
import { HOST_COMMANDS } from "../host/declared-commands.ts";
import type { HostMeter } from "../host/host-meter.ts";
import { Histogram } from "./histogram.ts";

/** Upper bounds of the buckets, in seconds. */
const RUN_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800];
const DECISION_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 1];

const COMMANDS: ReadonlySet<string> = new Set(HOST_COMMANDS);
const CODES: ReadonlySet<string> = new Set(WIRE_ERROR_CODES);

/** The numbers since the start. What a stranger can choose is counted as `other`: labels must not grow. */
export class HostCounters implements HostMeter {
  readonly runSeconds: Histogram = new Histogram(RUN_SECONDS);
  readonly decisionSeconds: Histogram = new Histogram(DECISION_SECONDS);
  /** By command, then by outcome: `ok` or the code of the refusal. */
  readonly invokes: Map<string, Map<string, number>> = new Map();
  outputBytes: number = 0;
  connections: number = 0;

  invoke(command: string, code: string | undefined): void {
    const name = COMMANDS.has(command) ? command : "other";
    const outcome = code === undefined ? "ok" : CODES.has(code) ? code : "other";
    const outcomes = this.invokes.get(name) ?? new Map<string, number>();
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    this.invokes.set(name, outcomes);
  }

  decided(seconds: number): void {
    this.decisionSeconds.add(seconds);
  }

  ran(seconds: number, outputBytes: number): void {
    this.runSeconds.add(seconds);
    this.outputBytes += outputBytes;
  }

  connected(): void {
    this.connections += 1;
  }
}
