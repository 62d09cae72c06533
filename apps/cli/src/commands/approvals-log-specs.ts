import type { CommandSpec, OptionSpec } from "../command.ts";
import { JSON_OPTION } from "../option-sets.ts";

const SINCE: Readonly<Record<string, OptionSpec>> = {
  since: {
    type: "string",
    value: "time",
    describe: "from then on: 90m, 2h, 3d, today, 2026-11-23, 2026-11-23T14:30",
  },
};

/** The commands that read what was decided on this machine. */
export const APPROVALS_LOG_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["approvals", "log", "tail"],
    groupDefault: true,
    summary: "The last decisions on this machine, one line each",
    options: {
      lines: { type: "number", short: "n", value: "count", describe: "how many (default: 20)" },
      follow: { type: "boolean", short: "f", describe: "go on with what is decided from now on" },
      json: {
        type: "boolean",
        describe: "one JSON document; with --follow one JSON line for each line of the log",
      },
    },
    examples: [
      ["openclaw approvals log", "the last 20"],
      ["openclaw approvals log tail -n 100 --follow", "the last 100, and what comes"],
    ],
    load: () => import("./approvals-log-tail.ts"),
  },
  {
    path: ["approvals", "log", "show"],
    summary: "Show decisions with everything that is recorded",
    options: {
      run: { type: "string", value: "id", describe: "only this run (run id or invoke id, or its beginning)" },
      agent: { type: "string", value: "id", describe: "only this agent" },
      outcome: {
        type: "string",
        choices: ["allow", "ask", "deny", "invalid"],
        describe: "only these decisions",
      },
      ...SINCE,
      limit: { type: "number", value: "count", describe: "the last so many (default: 10)" },
      ...JSON_OPTION,
    },
    examples: [["openclaw approvals log show --outcome deny --since 2h", "what was refused lately"]],
    load: () => import("./approvals-log-show.ts"),
  },
  {
    path: ["approvals", "log", "verify"],
    summary: "Check that no line of the log was changed or taken out",
    options: JSON_OPTION,
    load: () => import("./approvals-log-verify.ts"),
  },
  {
    path: ["approvals", "log", "export"],
    summary: "Write the log to standard output",
    options: {
      ...SINCE,
      format: {
        type: "string",
        choices: ["jsonl", "csv"],
        describe: "as it is, or as a table (default: jsonl)",
      },
    },
    examples: [["openclaw approvals log export --format csv > log.csv", "for a spreadsheet"]],
    load: () => import("./approvals-log-export.ts"),
  },
];
