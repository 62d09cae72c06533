import type { OptionSpec } from "../command.ts";
import { GATEWAY_OPTIONS } from "../option-sets.ts";

/** Whose policy: this machine's by default. */
export const POLICY_TARGET: Readonly<Record<string, OptionSpec>> = {
  node: { type: "string", value: "node", describe: "the policy of this node, through the Gateway" },
  gateway: { type: "boolean", describe: "the policy of the Gateway's own machine" },
  ...GATEWAY_OPTIONS,
};

export const AGENT: Readonly<Record<string, OptionSpec>> = {
  agent: { type: "string", value: "id", describe: "for this agent only (default: *, every agent)" },
};

export const ARGUMENT_PATTERN: Readonly<Record<string, OptionSpec>> = {
  "arg-pattern": {
    type: "string",
    value: "regex",
    describe: "only with arguments that fit this as a whole; --arg-pattern=… where it begins with -",
  },
};
