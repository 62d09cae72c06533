import type { CommandSpec } from "../command.ts";
import { JSON_OPTION } from "../option-sets.ts";

/** The command that shows what runs get. */
export const NODE_ENV_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["node", "env"],
    summary: "The search path, shell and variables that runs get on this machine",
    options: JSON_OPTION,
    load: () => import("./node-env.ts"),
  },
];
