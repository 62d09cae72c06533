import type { CommandSpec } from "../command.ts";
import { JSON_OPTION } from "../option-sets.ts";

const BROWSER_PROFILE = {
  "browser-profile": { type: "string", value: "name", describe: "a browser profile of openclaw.json" },
} as const;

/** The browser of the running node host, for the owner of this machine. */
export const NODE_BROWSER_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["node", "browser", "status"],
    summary: "What browser there is, and which browser profiles run",
    options: JSON_OPTION,
    groupDefault: true,
    load: () => import("./node-browser-status.ts"),
  },
  {
    path: ["node", "browser", "open"],
    summary: "Open a page in the browser of the node host",
    positionals: [
      { name: "url", describe: "http:// or https://; without it an empty page", required: false },
    ],
    options: { ...BROWSER_PROFILE, ...JSON_OPTION },
    examples: [["openclaw node browser open https://example.com", "sign in there once, for the agent"]],
    load: () => import("./node-browser-open.ts"),
  },
  {
    path: ["node", "browser", "stop"],
    summary: "Close the browser of the node host with all its pages",
    options: {
      "browser-profile": { type: "string", value: "name", describe: "only this one (default: all that run)" },
      ...JSON_OPTION,
    },
    load: () => import("./node-browser-stop.ts"),
  },
];
