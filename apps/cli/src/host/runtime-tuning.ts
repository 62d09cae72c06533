import { setFlagsFromString } from "node:v8";
import { NODE_SERVICE_FLAGS } from "../service/runtime-flags.ts";

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
 * in a service, whose compiler has no threads: with them it is late, and it and its middle stage hold so much memory
 * that every fork loses more than the code gains.
 */
export function tuneForRuns(): void {
  runs += 1;
  if (runs !== 1 && runs !== COMPILED_RUNS + 1) return;
  const { node, bun } = process.versions;
  if (bun !== undefined || !TRIED.test(node)) return;
  if (!NODE_SERVICE_FLAGS.every((flag) => process.execArgv.includes(flag))) return;
  if (runs === 1) {
    setFlagsFromString("--no-maglev");
    setFlagsFromString("--invocation-count-for-turbofan=100");
    setFlagsFromString("--minimum-invocations-after-ic-update=100");
    setFlagsFromString("--max-optimized-bytecode-size=61440");
  } else setFlagsFromString("--max-optimized-bytecode-size=0");
}
