import { setFlagsFromString } from "node:v8";

/**
 * What the host uses of Node, loaded before V8's switches are set: Node holds its own modules compiled for the switches that it
 * was started with, and one that is loaded under others is compiled anew, which was a tenth of the start.
 */
const NODE_MODULES =
  "child_process cluster crypto dns/promises fs/promises http net perf_hooks timers/promises worker_threads";

/**
 * A host waits and starts processes. Every fork copies the page tables of what lies outside V8's own heap, so memory is
 * time here: forty microseconds for a megabyte (measured). To be called before the host is loaded: loading alone would
 * set the compiler going.
 */
export function tuneRuntime(): void {
  // Other runtimes have the function and refuse to do it.
  if (process.versions["bun"] !== undefined) return;
  for (const name of NODE_MODULES.split(" ")) process.getBuiltinModule(name);
  // While it waits, the optimizing compiler is off.
  setFlagsFromString("--max-optimized-bytecode-size=0");
  // Without room for new objects to grow, a host that has worked holds 6 MB less; and with a bound for old ones it does
  // not hold twice as much in one life as in another.
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=50");
  // Small buffers are cut from pieces of this size. Eight times as large, as newer versions have them, each lives until
  // old objects are collected: a megabyte of them.
  Buffer.poolSize = 8192;
}

/** So many runs show what every run needs; what is compiled later only adds memory. */
const COMPILED_RUNS = 1000;
/** Versions of Node that were tried, and know all switches: another one would complain about each. */
const TRIED = /^(?:22|24)\./u;
let runs = 0;

/**
 * To be called before each run. The code of a run is the same each time, so it is compiled during the first ones, without
 * the compiler's middle stage, which holds so much memory that every fork loses more than the code gains.
 */
export function tuneForRuns(): void {
  runs += 1;
  if (runs !== 1 && runs !== COMPILED_RUNS + 1) return;
  const { node, bun } = process.versions;
  if (bun !== undefined || !TRIED.test(node)) return;
  if (runs === 1) {
    setFlagsFromString("--no-maglev");
    setFlagsFromString("--invocation-count-for-turbofan=100");
    setFlagsFromString("--minimum-invocations-after-ic-update=100");
    setFlagsFromString("--max-optimized-bytecode-size=61440");
  } else setFlagsFromString("--max-optimized-bytecode-size=0");
}
