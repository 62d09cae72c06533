import { setFlagsFromString } from "node:v8";

/**
 * A host waits and starts processes; its own code is short. Every fork copies the page tables of what the
 * process holds, so memory is time here. Without the optimizing compiler, whose work would gain nothing, one run
 * takes a twentieth less time and sixteen at once are served a sixth faster; without room for new objects to
 * grow, a host that has worked holds 6 MB less (measured).
 */
export function tuneRuntime(): void {
  // Other runtimes have the function and refuse to do it.
  if (process.versions["bun"] !== undefined) return;
  setFlagsFromString("--max-optimized-bytecode-size=0");
  setFlagsFromString("--semi-space-growth-factor=1");
}
