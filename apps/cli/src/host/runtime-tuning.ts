import { setFlagsFromString } from "node:v8";

/**
 * A host waits and starts processes. Every fork copies the page tables of what the process holds, so memory is time
 * here. While it waits, the optimizing compiler is off; without room for new objects to grow, a host that has worked
 * holds 6 MB less (measured).
 */
export function tuneRuntime(): void {
  // Other runtimes have the function and refuse to do it.
  if (process.versions["bun"] !== undefined) return;
  setFlagsFromString("--max-optimized-bytecode-size=0");
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** So many runs show what every run needs; what is compiled later only adds memory. */
const COMPILED_RUNS = 1000;
/** Versions of Node that were tried, and know all switches: another one would complain about each. */
const TRIED = /^(?:22|24)\./u;
let runs = 0;

/**
 * To be called before each run. The code of a run is the same each time, so it is compiled during the first thousand:
 * then a run takes a fifteenth less time, and sixteen at once are served a tenth faster, for 3 MB (measured). Only
 * where the compiler has no threads (`--v8-pool-size=0`): with them it is late, and it and its middle stage hold so
 * much memory that every fork loses more than the code gains.
 */
export function tuneForRuns(): void {
  if (runs > COMPILED_RUNS) return;
  runs += 1;
  if (runs === 1 && canCompile()) {
    setFlagsFromString("--no-maglev");
    setFlagsFromString("--invocation-count-for-turbofan=100");
    setFlagsFromString("--minimum-invocations-after-ic-update=100");
    setFlagsFromString("--max-optimized-bytecode-size=61440");
  } else if (runs > COMPILED_RUNS && canCompile()) setFlagsFromString("--max-optimized-bytecode-size=0");
}

function canCompile(): boolean {
  const { node, bun } = process.versions;
  return bun === undefined && TRIED.test(node) && process.execArgv.includes("--v8-pool-size=0");
}
