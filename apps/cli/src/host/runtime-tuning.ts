import { setFlagsFromString } from "node:v8";

/**
 * A host waits and starts processes; its own code is short. The optimizing compiler would gain
 * it nothing, but the memory that the compiler keeps is copied into every fork: without it
 * one run takes a twentieth less time, and sixteen at once are served a sixth faster (measured).
 */
export function tuneRuntime(): void {
  // Other runtimes have the function and refuse to do it.
  if (process.versions["bun"] === undefined) setFlagsFromString("--max-optimized-bytecode-size=0");
}
