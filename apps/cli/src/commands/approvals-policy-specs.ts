import type { CommandSpec, OptionSpec, PositionalSpec } from "../command.ts";
import { ARGUMENT_PATTERN, AGENT, POLICY_TARGET } from "./approvals-options.ts";

const DENIED: readonly PositionalSpec[] = [
  { name: "pattern", describe: "name or path of a program, with * and ** as in globs", required: true },
];

const REASON: Readonly<Record<string, OptionSpec>> = {
  reason: { type: "string", value: "text", describe: "shown to whoever is refused" },
};

/** The commands for the owner of a policy: what is denied, what is wrong with it, and the whole of it. */
export const APPROVALS_POLICY_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["approvals", "deny", "add"],
    summary: "Deny a program, whatever else allows it (on this machine only)",
    positionals: DENIED,
    options: { ...AGENT, ...ARGUMENT_PATTERN, ...REASON, ...POLICY_TARGET },
    examples: [
      ["openclaw approvals deny add dd", "any program of that name, for every agent"],
      [`openclaw approvals deny add git --arg-pattern "push .*"`, "with these arguments"],
    ],
    load: () => import("./approvals-deny-add.ts"),
  },
  {
    path: ["approvals", "deny", "remove"],
    summary: "Take a denial back (on this machine only)",
    positionals: DENIED,
    options: { ...AGENT, ...ARGUMENT_PATTERN, ...POLICY_TARGET },
    load: () => import("./approvals-deny-remove.ts"),
  },
  {
    path: ["approvals", "lint"],
    summary: "Find entries that do nothing or too much, and risky settings",
    options: POLICY_TARGET,
    examples: [["openclaw approvals lint", "exits 1 when there are warnings or errors"]],
    load: () => import("./approvals-lint.ts"),
  },
  {
    path: ["approvals", "edit"],
    summary: "Open a policy in your editor, check it, show what changes, write it",
    options: {
      agent: { type: "string", value: "id", describe: "only what is said about this agent" },
      ...withoutJson(POLICY_TARGET),
    },
    examples: [["EDITOR=nano openclaw approvals edit", "else VISUAL, EDITOR, nano or vi"]],
    load: () => import("./approvals-edit.ts"),
  },
];

/** An editor has no document to print. */
function withoutJson(options: Readonly<Record<string, OptionSpec>>): Readonly<Record<string, OptionSpec>> {
  const { json: _json, ...rest } = options;
  return rest;
}
