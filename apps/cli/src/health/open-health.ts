import type { CommandInput } from "../command.ts";
import type { HostLog } from "../host/host-log.ts";
import type { HostMeter } from "../host/host-meter.ts";
import { serveHealth, type HealthFacts, type HealthServer } from "./health-server.ts";
import { HostCounters } from "./host-counters.ts";
import { listenOption, type ListenAddress } from "./listen-address.ts";

export interface HealthPlan {
  readonly meter: HostMeter;
  /** Begins to serve. A host that cannot be watched works; whoever watches it finds out by itself. */
  open(facts: Omit<HealthFacts, "counters">, log: HostLog): Promise<HealthServer | undefined>;
}

/** What `--listen` asks for. Throws `bad-option`. */
export function planHealth(input: CommandInput): HealthPlan | undefined {
  const address = listenOption(input)?.address;
  if (address === undefined) return undefined;
  const counters = new HostCounters();
  return {
    meter: counters,
    open: async (facts, log) => await openHealth(address, { ...facts, counters }, log),
  };
}

async function openHealth(
  address: ListenAddress,
  facts: HealthFacts,
  log: HostLog,
): Promise<HealthServer | undefined> {
  try {
    const server = await serveHealth(address, facts);
    log.info(`health and metrics at ${server.at}`);
    if (address.kind === "tcp" && !address.loopback)
      log.warn(
        `everybody who can reach ${server.at} can read health and metrics; 127.0.0.1 is for this machine alone`,
      );
    return server;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.error(`${why}; the node host runs without health and metrics`);
    return undefined;
  }
}
