import type { CommandSpec, OptionSpec } from "../command.ts";
import { ADDRESS_OPTIONS, JSON_OPTION, NODE_OPTIONS, PAIR_OPTIONS, pickOptions } from "../option-sets.ts";

const SYSTEM_OPTION: Readonly<Record<string, OptionSpec>> = {
  system: { type: "boolean", describe: "the service of the machine, not of this user (needs root)" },
};

const MANAGING: Readonly<Record<string, OptionSpec>> = { ...SYSTEM_OPTION, ...JSON_OPTION };

/** Values are checked by the command itself, whose JSON says what is wrong in the recorded shape. */
const INSTALL_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  ...NODE_OPTIONS,
  ...PAIR_OPTIONS,
  port: { type: "string", value: "port", describe: "Gateway port (default: saved, else 18789)" },
  runtime: {
    type: "string",
    value: "node|bun",
    describe: "what runs the host (default: node, the system's if it is new enough)",
  },
  "runtime-path": { type: "string", value: "file", describe: "this very node or bun program" },
  force: { type: "boolean", describe: "write the service anew over an existing one (kept as .bak)" },
  system: { type: "boolean", describe: "a service of the machine: starts at boot, no session needed (root)" },
  user: {
    type: "string",
    value: "name",
    describe: "account of a --system service (default: who called sudo)",
  },
  harden: { type: "boolean", describe: "take more from the process; docs/service.md says what that breaks" },
  manager: {
    type: "string",
    value: "name",
    describe: "systemd, openrc, runit, launchd or task-scheduler (for --print)",
  },
  "dry-run": { type: "boolean", describe: "show files and commands; do nothing" },
  print: { type: "boolean", describe: "print what is to be installed by hand" },
  ...JSON_OPTION,
};

export const SERVICE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["node", "install"],
    summary: "Run the node host as a background service",
    options: INSTALL_OPTIONS,
    examples: [
      ["openclaw node install --host gw.example --tls", "a Gateway elsewhere"],
      ["openclaw node install --dry-run", "what would be written and run"],
    ],
    load: () => import("./node-install.ts"),
  },
  {
    path: ["node", "status"],
    summary: "Show the service, the running host, its Gateway and its policy",
    options: {
      ...MANAGING,
      watch: { type: "boolean", describe: "go on, and show what changes, until Ctrl-C" },
      "exit-code": {
        type: "boolean",
        describe: "say the state by the exit code: 0 when ready, else 10 to 20",
      },
    },
    examples: [
      ["openclaw node status --watch", "what it is doing, until Ctrl-C"],
      ["openclaw node status --exit-code --json", "for a monitor; docs/troubleshooting.md lists the codes"],
    ],
    load: () => import("./node-status.ts"),
  },
  {
    path: ["node", "start"],
    summary: "Start the installed service",
    options: MANAGING,
    load: () => import("./node-start.ts"),
  },
  {
    path: ["node", "stop"],
    summary: "Stop the service until it is started, or the next boot",
    options: MANAGING,
    load: () => import("./node-stop.ts"),
  },
  {
    path: ["node", "restart"],
    summary: "Restart the service, for example after an update",
    options: MANAGING,
    load: () => import("./node-restart.ts"),
  },
  {
    path: ["node", "uninstall"],
    summary: "Remove the service; identity, settings and policy stay",
    options: MANAGING,
    load: () => import("./node-uninstall.ts"),
  },
  {
    path: ["node", "doctor"],
    summary: "Look for what keeps a node host from working, and say what mends it",
    options: {
      ...MANAGING,
      fix: { type: "boolean", describe: "mend what is safe: modes of our files, leftovers, a moved program" },
      ...pickOptions(NODE_OPTIONS, ADDRESS_OPTIONS),
    },
    examples: [
      ["openclaw node doctor", "this machine, and the Gateway that is saved"],
      ["openclaw node doctor --host gw.example --tls", "before anything is saved"],
      ["openclaw node doctor --fix", "mend what needs no decision"],
    ],
    load: () => import("./node-doctor.ts"),
  },
];
