/** Limits of the operator commands; times in milliseconds. */
export const OPERATOR_LIMITS = {
  /** An answer of the Gateway, unless `--timeout` says otherwise. Source: protocol section 6.1. */
  requestMs: 10_000,
  /** The same for an invoke, which waits for a node. Source: protocol section 6.1. */
  invokeRequestMs: 30_000,
  /** How long a node may take to answer an invoke. Source: protocol section 6.1. */
  invokeMs: 15_000,
  /** How long the Gateway gets beyond what it grants the node. */
  invokeMarginMs: 10_000,
  /** How long a command of `nodes run` may take. */
  commandMs: 600_000,
  /** How long `nodes run` waits for a decision. */
  approvalMs: 600_000,
  /** Longest time that an option may name: a day. */
  optionMs: 86_400_000,
  /** Gateways whose device token is kept. */
  gatewayTokens: 64,
  /** Bytes of a policy that `approvals set` reads. */
  policyBytes: 1_048_576,
  /** Bytes of the JSON text of `--params`. */
  paramsBytes: 16_777_216,
  /** Cells of the terminal that a node's name takes inside a sentence. */
  nameCells: 32,
  /** Names shown when a node is not found. */
  namesShown: 10,
  /** Policy edits that are tried again because somebody else was quicker. */
  editTries: 3,
} as const;
