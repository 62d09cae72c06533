import type { CommandSpec } from "./command.ts";
import { APPROVALS_CHECK_COMMANDS } from "./commands/approvals-check-specs.ts";
import { APPROVALS_LOG_COMMANDS } from "./commands/approvals-log-specs.ts";
import { APPROVALS_POLICY_COMMANDS } from "./commands/approvals-policy-specs.ts";
import { APPROVALS_COMMANDS } from "./commands/approvals-specs.ts";
import { APPROVALS_WATCH_COMMANDS } from "./commands/approvals-watch-specs.ts";
import { DEVICES_COMMANDS } from "./commands/devices-specs.ts";
import { NODE_BROWSER_COMMANDS } from "./commands/node-browser-specs.ts";
import { NODE_TLS_COMMANDS } from "./commands/node-tls-specs.ts";
import { NODES_COMMANDS } from "./commands/nodes-specs.ts";
import { NODE_CONTROL_COMMANDS } from "./commands/node-control-specs.ts";
import { NODE_ENV_COMMANDS } from "./commands/node-env-specs.ts";
import { NODE_RUNS_COMMANDS } from "./commands/node-runs-specs.ts";
import { SERVICE_COMMANDS } from "./commands/service-specs.ts";
import { tuneRuntime } from "./host/runtime-tuning.ts";
import { NODE_OPTIONS, JSON_OPTION, PAIR_OPTIONS } from "./option-sets.ts";

/** Every command of the program, in the order of the help text. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    path: ["node", "run"],
    summary: "Connect this machine to a Gateway and run what its owner allows",
    options: { ...NODE_OPTIONS, ...PAIR_OPTIONS },
    examples: [
      ["openclaw node run", "the Gateway on this machine"],
      ["openclaw node run --host gw.example --tls", "a Gateway elsewhere"],
    ],
    load: async () => {
      // Before the host is loaded: loading alone would set the compiler going.
      tuneRuntime();
      return await import("./commands/node-run.ts");
    },
  },
  {
    path: ["node", "identity"],
    summary: "Show the device identity of this machine",
    options: JSON_OPTION,
    load: () => import("./commands/node-identity.ts"),
  },
  ...SERVICE_COMMANDS,
  ...NODE_TLS_COMMANDS,
  ...NODE_CONTROL_COMMANDS,
  ...NODE_RUNS_COMMANDS,
  ...NODE_ENV_COMMANDS,
  ...NODE_BROWSER_COMMANDS,
  ...NODES_COMMANDS,
  ...DEVICES_COMMANDS,
  ...APPROVALS_CHECK_COMMANDS,
  ...APPROVALS_COMMANDS,
  ...APPROVALS_POLICY_COMMANDS,
  ...APPROVALS_WATCH_COMMANDS,
  ...APPROVALS_LOG_COMMANDS,
  {
    path: ["gateway", "dev"],
    summary: "Start a small Gateway for trying things out (loopback only)",
    options: {
      port: { type: "number", value: "port", describe: "port, 0 for a free one (default: 18789)" },
      token: {
        type: "string",
        value: "token",
        describe: "shared token (default: OPENCLAW_GATEWAY_TOKEN, else a new one)",
      },
      era: {
        type: "string",
        choices: ["2026.2", "2026.3", "2026.6", "2026.9"],
        describe: "behave like Gateways of then",
      },
      "state-file": { type: "string", value: "file", describe: "keep pairings in this file" },
      ...JSON_OPTION,
    },
    load: () => import("./commands/gateway-dev.ts"),
  },
  {
    path: ["gateway", "demo"],
    summary: "Show the whole story in a few seconds, with real processes",
    options: {},
    load: () => import("./commands/gateway-demo.ts"),
  },
];
