import type { CommandSpec } from "../command.ts";
import { JSON_OPTION, NODE_OPTIONS, pickOptions } from "../option-sets.ts";

export const NODE_TLS_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["node", "tls", "show"],
    summary: "Show the certificate that a Gateway offers, and the option that pins it",
    options: {
      ...pickOptions(NODE_OPTIONS, ["host", "port", "tls", "context-path", "tls-fingerprint", "tls-ca"]),
      ...JSON_OPTION,
    },
    examples: [
      ["openclaw node tls show", "the Gateway that is saved"],
      ["openclaw node tls show --host gw.example --port 443", "a Gateway that is not saved yet"],
    ],
    load: () => import("./node-tls-show.ts"),
  },
];
