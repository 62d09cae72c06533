import type { CommandSpec } from "../command.ts";
import { JSON_OPTION } from "../option-sets.ts";

const RUN = { name: "run", describe: "run id from the list, or its beginning", required: true } as const;

/** The commands that read the kept output of runs. */
export const NODE_RUNS_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["node", "runs", "list"],
    groupDefault: true,
    summary: "Runs whose output is kept on this machine, the newest first",
    options: {
      undelivered: { type: "boolean", describe: "only those whose answer no Gateway took" },
      ...JSON_OPTION,
    },
    examples: [["openclaw node runs list --undelivered", "what a lost connection left"]],
    load: () => import("./node-runs-list.ts"),
  },
  {
    path: ["node", "runs", "show"],
    summary: "Show a kept run with its whole output",
    positionals: [RUN],
    options: JSON_OPTION,
    load: () => import("./node-runs-show.ts"),
  },
  {
    path: ["node", "runs", "tail"],
    summary: "The last output of a kept run, also while it goes on",
    positionals: [RUN],
    options: {
      lines: { type: "number", short: "n", value: "count", describe: "lines of each stream (default: 20)" },
      follow: { type: "boolean", short: "f", describe: "go on until the run ends" },
      stdout: { type: "boolean", describe: "only standard output" },
      stderr: { type: "boolean", describe: "only standard error" },
      json: { type: "boolean", describe: "one JSON line for each piece of output" },
    },
    examples: [["openclaw node runs tail 4f1c --follow", "watch a running command"]],
    load: () => import("./node-runs-tail.ts"),
  },
  {
    path: ["node", "runs", "rm"],
    summary: "Remove the kept output of a run",
    positionals: [{ ...RUN, required: false }],
    options: { all: { type: "boolean", describe: "all that have ended" }, ...JSON_OPTION },
    load: () => import("./node-runs-rm.ts"),
  },
];
