import type { StatePaths } from "@openclaw/config-store";
import { applyPlan, lookAtServices, planStop, type ServiceSystem } from "@openclaw/service-installer";
import type { CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";
import { openControlStream } from "../host/control-stream-client.ts";
import { DRAIN_METHOD } from "../host/control-methods.ts";
import { statusReport } from "./status-report.ts";
import { tellHost } from "./tell-host.ts";

/**
 * Stops the host that answers here: through the service manager where that started it, because it would start it
 * again, else over the control socket. Throws CliErrors.
 */
export async function stopHost(
  input: CommandInput,
  paths: StatePaths,
  system: ServiceSystem,
): Promise<"service" | "host"> {
  const { supervised, target, host } = await statusReport(input, system);
  if (supervised) {
    const asked = host?.pid === undefined ? target : { ...target, hostPid: host.pid };
    const result = await applyPlan(planStop(await lookAtServices(system, asked)), system);
    if (!result.ok)
      throw new CliError("host-failed", "the service could not be stopped", ["openclaw node stop says why"]);
    return "service";
  }
  const over = hostEnd(paths);
  await tellHost(paths, "stop").catch((error: unknown) => {
    // It may be gone before its answer is.
    if (!(error instanceof CliError && error.code === "not-running")) throw error;
  });
  await over;
  return "host";
}

/** Resolves when the host closes its control socket, the last thing it does but for closing its audit. */
async function hostEnd(paths: StatePaths): Promise<void> {
  await new Promise<void>((resolve) => {
    openControlStream(
      paths.controlSocket,
      { method: DRAIN_METHOD },
      { onMessage: () => undefined, onEnd: () => resolve() },
    );
  });
}
