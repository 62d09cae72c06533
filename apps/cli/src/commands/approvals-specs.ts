import type { CommandSpec, OptionSpec, PositionalSpec } from "../command.ts";
import { GATEWAY_OPTIONS } from "../option-sets.ts";

/** Whose policy: this machine's by default. */
const TARGET: Readonly<Record<string, OptionSpec>> = {
  node: { type: "string", value: "node", describe: "the policy of this node, through the Gateway" },
  gateway: { type: "boolean", describe: "the policy of the Gateway's own machine" },
  ...GATEWAY_OPTIONS,
};

const AGENT: Readonly<Record<string, OptionSpec>> = {
  agent: { type: "string", value: "id", describe: "for this agent only (default: *, every agent)" },
};

const PATTERN: readonly PositionalSpec[] = [
  { name: "pattern", describe: "path of a program, with * and ** as in globs", required: true },
];

/** The commands for what may run: policies, and the runs that wait for a decision. */
export const APPROVALS_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["approvals", "get"],
    summary: "Show a policy: of this machine, of a node, or of the Gateway",
    options: TARGET,
    examples: [
      ["openclaw approvals get", "this machine"],
      ["openclaw approvals get --node pi", "a node of the Gateway"],
    ],
    load: () => import("./approvals-get.ts"),
  },
  {
    path: ["approvals", "set"],
    summary: "Replace a policy by a file (JSON or JSON5)",
    options: {
      file: { type: "string", value: "file", describe: "the new policy" },
      stdin: { type: "boolean", describe: "read the new policy from standard input" },
      ...TARGET,
    },
    load: () => import("./approvals-set.ts"),
  },
  {
    path: ["approvals", "allowlist", "add"],
    summary: "Let a program run without asking",
    positionals: PATTERN,
    options: { ...AGENT, ...TARGET },
    examples: [["openclaw approvals allowlist add /usr/bin/uptime", "any arguments, any agent"]],
    load: () => import("./approvals-allowlist-add.ts"),
  },
  {
    path: ["approvals", "allowlist", "remove"],
    summary: "Take a program off the allowlist",
    positionals: PATTERN,
    options: { ...AGENT, ...TARGET },
    load: () => import("./approvals-allowlist-remove.ts"),
  },
  {
    path: ["approvals", "pending"],
    summary: "List the runs that wait for a decision on the Gateway",
    options: GATEWAY_OPTIONS,
    load: () => import("./approvals-pending.ts"),
  },
  {
    path: ["approvals", "resolve"],
    summary: "Decide about a run that waits",
    positionals: [
      { name: "id", describe: "the approval id", required: true },
      { name: "decision", describe: "allow-once, allow-always or deny", required: true },
    ],
    options: GATEWAY_OPTIONS,
    load: () => import("./approvals-resolve.ts"),
  },
];
