import type { CommandSpec } from "../command.ts";
import { GATEWAY_OPTIONS } from "../option-sets.ts";

/** The dry run. */
export const APPROVALS_CHECK_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["approvals", "check"],
    summary: "Show what would be decided about a command, and why; runs nothing",
    options: {
      agent: { type: "string", value: "id", describe: "as this agent of the policy (default: main)" },
      cwd: { type: "string", value: "dir", describe: "directory of the run (default: the node host's own)" },
      env: {
        type: "string",
        value: "NAME=value",
        repeat: true,
        describe: "a variable that the request sets; may be repeated",
      },
      raw: { type: "string", value: "text", describe: "a text for the shell, instead of a command" },
      node: { type: "string", value: "node", describe: "by the policy of this node, through the Gateway" },
      ...GATEWAY_OPTIONS,
    },
    takesRest: true,
    examples: [
      ["openclaw approvals check -- git status", "exits 0 (allowed), 3 (asks) or 4 (refused)"],
      [`openclaw approvals check --raw "git log | head -5"`, "a text for the shell"],
      ["openclaw approvals check --node pi -- uname -a", "by the policy of a node"],
    ],
    load: () => import("./approvals-check.ts"),
  },
];
