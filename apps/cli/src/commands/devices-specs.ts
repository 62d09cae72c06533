import type { CommandSpec, PositionalSpec } from "../command.ts";
import { GATEWAY_OPTIONS } from "../option-sets.ts";

const request = (required: boolean): readonly PositionalSpec[] => [
  { name: "requestId", describe: "the request, as `devices list` shows it", required },
];

/** The commands for the devices that may connect to a Gateway. */
export const DEVICES_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["devices", "list"],
    summary: "List the devices that are paired, and those that ask to be",
    options: GATEWAY_OPTIONS,
    load: () => import("./devices-list.ts"),
  },
  {
    path: ["devices", "approve"],
    summary: "Let a device connect, with the role that it asks for",
    positionals: request(false),
    options: {
      latest: { type: "boolean", describe: "the newest request" },
      ...GATEWAY_OPTIONS,
    },
    load: () => import("./devices-approve.ts"),
  },
  {
    path: ["devices", "reject"],
    summary: "Reject a device",
    positionals: request(true),
    options: GATEWAY_OPTIONS,
    load: () => import("./devices-reject.ts"),
  },
  {
    path: ["devices", "remove"],
    summary: "Remove a paired device; it must be paired anew",
    positionals: [
      { name: "deviceId", describe: "its id, or the first 8 characters of it or more", required: true },
    ],
    options: GATEWAY_OPTIONS,
    load: () => import("./devices-remove.ts"),
  },
];
