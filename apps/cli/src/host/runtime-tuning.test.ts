import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { NODE_SERVICE_FLAGS } from "../service/runtime-flags.ts";

const MODULE = new URL("runtime-tuning.ts", import.meta.url).href;
/** Bit of V8's optimization status: the optimizing compiler has been at it. */
const OPTIMIZED = 1 << 4;

/** Is a function compiled that is called often after so many runs? */
function isCompiledAfter(runs: number, flags: readonly string[]): boolean {
  const script = `
    const { tuneForRuns, tuneRuntime } = await import(${JSON.stringify(MODULE)});
    tuneRuntime();
    for (let run = 0; run < ${runs}; run += 1) tuneForRuns();
    const add = new Function("a", "b", "let sum = a; for (let i = 0; i < 10; i += 1) sum += b; return sum");
    for (let call = 0; call < 20_000; call += 1) add(call, 1);
    console.log(%GetOptimizationStatus(add));`;
  const output = execFileSync(
    process.execPath,
    ["--allow-natives-syntax", ...flags, "--input-type=module", "--eval", script],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
  );
  return (Number(output) & OPTIMIZED) !== 0;
}

describe("the compiler of a host", () => {
  it.each([
    ["is off while it waits", 0, NODE_SERVICE_FLAGS, false],
    ["works from the first run on", 1, NODE_SERVICE_FLAGS, true],
    ["and for a thousand", 1000, NODE_SERVICE_FLAGS, true],
    ["is off again after them", 1001, NODE_SERVICE_FLAGS, false],
    ["is off while it waits, with its threads", 0, [], false],
    ["works with them from the first run on", 1, [], true],
  ])("%s", (_what, runs, flags, compiled) => {
    expect(isCompiledAfter(runs, flags)).toBe(compiled);
  });
});
