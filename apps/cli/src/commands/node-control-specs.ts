import type { CommandSpec } from "../command.ts";
import { JSON_OPTION } from "../option-sets.ts";

/** The commands that speak with the running node host of this machine. */
export const NODE_CONTROL_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["node", "pause"],
    summary: "Let no new run start; what runs goes on",
    options: {
      for: { type: "string", value: "span", describe: "resume by itself after 30m, 2h, 1h30m, 3d" },
      keep: { type: "boolean", describe: "stay paused when the host is restarted" },
      ...JSON_OPTION,
    },
    examples: [["openclaw node pause --for 2h", "nothing starts for two hours"]],
    load: () => import("./node-pause.ts"),
  },
  {
    path: ["node", "resume"],
    summary: "End the pause: runs may start again",
    options: JSON_OPTION,
    load: () => import("./node-resume.ts"),
  },
  {
    path: ["node", "drain"],
    summary: "Pause, and wait until nothing runs any more",
    options: {
      timeout: { type: "string", value: "span", describe: "give up after 90s, 10m, … (exit code 1)" },
      keep: { type: "boolean", describe: "stay paused when the host is restarted" },
      stop: { type: "boolean", describe: "then stop the node host, or its service" },
      ...JSON_OPTION,
    },
    examples: [["openclaw node drain --timeout 10m --stop", "before work on the machine"]],
    load: () => import("./node-drain.ts"),
  },
  {
    path: ["node", "logs"],
    summary: "What the node host of this machine said",
    options: {
      lines: { type: "number", short: "n", value: "count", describe: "how many of the last (default: 50)" },
      follow: { type: "boolean", short: "f", describe: "go on with what it says from now on" },
      level: {
        type: "string",
        choices: ["debug", "info", "warn", "error"],
        describe: "only lines of this weight and more",
      },
      json: { type: "boolean", describe: "one JSON document; with --follow one JSON line for each line" },
    },
    examples: [["openclaw node logs -n 200 --level warn", "what went wrong lately"]],
    load: () => import("./node-logs.ts"),
  },
];
