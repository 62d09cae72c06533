import { realpathSync } from "node:fs";

/** The program that is running, as far as a service that is to run the same must know. */
export interface ThisProgram {
  /** The script, without links: a link in a bin directory may point elsewhere tomorrow. */
  readonly entry: string;
  readonly execPath: string;
  readonly runtime: "node" | "bun";
  /** Of the runtime. */
  readonly version: string;
}

export function thisProgram(): ThisProgram {
  const { bun, node } = process.versions;
  return {
    entry: realpathSync(process.argv[1] ?? ""),
    execPath: process.execPath,
    runtime: bun === undefined ? "node" : "bun",
    version: bun ?? node,
  };
}
