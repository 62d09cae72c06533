import type { CommandSpec } from "../command.ts";

/** Approving at the node itself. */
export const APPROVALS_WATCH_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["approvals", "watch"],
    summary: "Ask at this terminal about runs that need an approval",
    options: {
      json: { type: "boolean", describe: "prompts as JSON lines; answers as JSON lines on standard input" },
    },
    examples: [
      ["openclaw approvals watch", "on the machine of the node host"],
      ["ssh -t pi openclaw approvals watch", "from elsewhere"],
    ],
    load: () => import("./approvals-watch.ts"),
  },
];
