import type { CommandSpec, PositionalSpec } from "../command.ts";
import { GATEWAY_OPTIONS } from "../option-sets.ts";
import { AGENT, ARGUMENT_PATTERN, POLICY_TARGET } from "./approvals-options.ts";

const PATTERN: readonly PositionalSpec[] = [
  { name: "pattern", describe: "path of a program, with * and ** as in globs", required: true },
];

/** The commands for what may run: policies, and the runs that wait for a decision. */
export const APPROVALS_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["approvals", "get"],
    summary: "Show a policy: of this machine, of a node, or of the Gateway",
    options: POLICY_TARGET,
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
      yes: { type: "boolean", describe: "do not ask on a terminal" },
      "dry-run": { type: "boolean", describe: "show what would change, and change nothing" },
      ...POLICY_TARGET,
    },
    load: () => import("./approvals-set.ts"),
  },
  {
    path: ["approvals", "allowlist", "add"],
    summary: "Let a program run without asking",
    positionals: PATTERN,
    options: { ...AGENT, ...ARGUMENT_PATTERN, ...POLICY_TARGET },
    examples: [
      ["openclaw approvals allowlist add /usr/bin/uptime", "any arguments, any agent"],
      [`openclaw approvals allowlist add /usr/bin/git --arg-pattern "status|log"`, "only these arguments"],
    ],
    load: () => import("./approvals-allowlist-add.ts"),
  },
  {
    path: ["approvals", "allowlist", "remove"],
    summary: "Take a program off the allowlist",
    positionals: PATTERN,
    options: { ...AGENT, ...ARGUMENT_PATTERN, ...POLICY_TARGET },
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
