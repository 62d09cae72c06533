import type { CommandSpec, OptionSpec, PositionalSpec } from "../command.ts";
import { GATEWAY_OPTIONS } from "../option-sets.ts";

const NODE: Readonly<Record<string, OptionSpec>> = {
  node: {
    type: "string",
    value: "node",
    describe: "the node: id, name, address, or the beginning of its id",
  },
};

const NODE_WORD: readonly PositionalSpec[] = [
  { name: "target", describe: "the same as --node", required: false },
];

const REQUEST: readonly PositionalSpec[] = [
  { name: "requestId", describe: "the request, as `nodes pending` shows it", required: true },
];

const milliseconds = (describe: string): OptionSpec => ({ type: "number", value: "ms", describe });

/** The commands for nodes as an operator of a Gateway sees them. */
export const NODES_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["nodes", "status"],
    summary: "List the nodes that the Gateway knows, and which are connected",
    options: GATEWAY_OPTIONS,
    load: () => import("./nodes-status.ts"),
  },
  {
    path: ["nodes", "list"],
    summary: "List pending requests and paired nodes",
    options: GATEWAY_OPTIONS,
    load: () => import("./nodes-list.ts"),
  },
  {
    path: ["nodes", "pending"],
    summary: "List what waits for approval: new devices and commands of nodes",
    options: GATEWAY_OPTIONS,
    load: () => import("./nodes-pending.ts"),
  },
  {
    path: ["nodes", "approve"],
    summary: "Approve a request of `nodes pending`",
    positionals: REQUEST,
    options: GATEWAY_OPTIONS,
    load: () => import("./nodes-approve.ts"),
  },
  {
    path: ["nodes", "reject"],
    summary: "Reject a request of `nodes pending`",
    positionals: REQUEST,
    options: GATEWAY_OPTIONS,
    load: () => import("./nodes-reject.ts"),
  },
  {
    path: ["nodes", "describe"],
    summary: "Show everything about one node",
    positionals: NODE_WORD,
    options: { ...NODE, ...GATEWAY_OPTIONS },
    load: () => import("./nodes-describe.ts"),
  },
  {
    path: ["nodes", "rename"],
    summary: "Give a node another name on the Gateway",
    positionals: NODE_WORD,
    options: {
      ...NODE,
      name: { type: "string", value: "name", describe: "the new name" },
      ...GATEWAY_OPTIONS,
    },
    load: () => import("./nodes-rename.ts"),
  },
  {
    path: ["nodes", "remove"],
    summary: "Take the approval of a node's commands back",
    positionals: NODE_WORD,
    options: { ...NODE, ...GATEWAY_OPTIONS },
    load: () => import("./nodes-remove.ts"),
  },
  {
    path: ["nodes", "invoke"],
    summary: "Call one command of a node and print its answer",
    positionals: NODE_WORD,
    options: {
      ...NODE,
      command: { type: "string", value: "name", describe: "the node command, for example system.which" },
      params: { type: "string", value: "json", describe: "its params as JSON" },
      "invoke-timeout": milliseconds("how long the node may take (default: 15000)"),
      "idempotency-key": {
        type: "string",
        value: "key",
        describe: "a repeated call with the same key runs once",
      },
      ...GATEWAY_OPTIONS,
    },
    examples: [
      [`openclaw nodes invoke --node pi --command system.which --params '{"bins":["git"]}'`, "where is git?"],
    ],
    load: () => import("./nodes-invoke.ts"),
  },
  {
    path: ["nodes", "run"],
    summary: "Run a command on a node: its output and exit code are passed on",
    positionals: NODE_WORD,
    options: {
      ...NODE,
      agent: {
        type: "string",
        value: "id",
        describe: "run as this agent of the node's policy (default: main)",
      },
      cwd: { type: "string", value: "dir", describe: "directory on the node" },
      env: { type: "string", value: "NAME=value", repeat: true, describe: "set a variable; may be repeated" },
      raw: { type: "string", value: "text", describe: "a text for the node's shell, instead of a command" },
      "command-timeout": milliseconds("how long the command may take (default: 600000)"),
      "approval-timeout": milliseconds("how long to wait for a decision (default: 600000)"),
      ...GATEWAY_OPTIONS,
    },
    takesRest: true,
    examples: [
      ["openclaw nodes run --node pi -- uname -a", "exits with the command's exit code"],
      [`openclaw nodes run --node pi --raw "ls *.log | wc -l"`, "for the node's shell"],
    ],
    load: () => import("./nodes-run.ts"),
  },
];
