/** Limits on frames (bytes are UTF-8 bytes, times are milliseconds). Source: protocol section 1, "Limits". */
export const LIMITS = {
  /** Largest frame a Gateway accepts before hello. */
  connectFrameBytes: 65_536,
  /** Largest frame that any Gateway of 2026 sends or accepts after hello. */
  frameBytes: 26_214_400,
  /** What the oldest Gateways accept; used until hello names a policy. */
  oldestFrameBytes: 524_288,
  /** How deep JSON inside a frame may nest. */
  jsonDepth: 64,
  /** Longest id, method, event or command name that we take. */
  nameChars: 512,
  /** Time until hello before we give up. */
  handshakeMs: 15_000,
  /** Tick interval when hello does not name one. */
  tickIntervalMs: 30_000,
  /** How long the Gateway waits for an invoke that names no time-out. */
  defaultInvokeTimeoutMs: 30_000,
  /** Arguments of one command. */
  argvItems: 4096,
  /** All arguments of one command together. */
  argvBytes: 1_048_576,
  /** Environment overrides of one run. */
  envItems: 512,
  envBytes: 262_144,
  /** Names asked for in one system.which. */
  whichBins: 256,
  /** Names in one list of skill programs. */
  skillBins: 1024,
  /** Text of one exec approvals document. */
  policyBytes: 1_048_576,
  /** Output text inside an exec.finished event. Source: protocol section 4.5. */
  eventOutputChars: 20_000,
} as const;
