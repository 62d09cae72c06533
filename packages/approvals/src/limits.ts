/** Limits on what one decision looks at. Reaching one is a refusal, never a shortcut. */
export const LIMITS = {
  /** UTF-8 bytes of one policy text. */
  policyBytes: 1_048_576,
  /** Nesting of a policy text. */
  policyDepth: 32,
  /** Keys under `agents`. */
  agents: 1024,
  /** Allowlist entries, and deny entries, of one agent. */
  entries: 4096,
  /** UTF-16 units of one pattern or argument pattern. */
  patternChars: 4096,
  /** Groups inside each other in one argument pattern. */
  argPatternDepth: 32,
  /** States of one compiled argument pattern. */
  argPatternStates: 4096,
  /** Steps spent on argument patterns for one command, all entries together: some milliseconds. */
  argPatternSteps: 800_000,
  /** Comparisons of entries with each other while a policy is looked over. */
  lintSteps: 5_000_000,
  /** UTF-16 units kept of the reason in a deny entry. */
  reasonChars: 512,
  /** Arguments of one command. */
  argvItems: 4096,
  /** UTF-8 bytes of all arguments of one command. */
  argvBytes: 1_048_576,
  /** UTF-8 bytes of one shell text. */
  shellTextBytes: 65_536,
  /** Simple commands in one shell text. */
  shellCommands: 64,
  /** Words in one shell text. */
  shellWords: 4096,
  /** Shell texts inside shell texts. */
  shellDepth: 2,
  /** Wrappers in front of one command. Source: exec section 3.3. */
  wrapperDepth: 4,
  /** Names in one list of skill programs. */
  skillBins: 4096,
  /** Directories of PATH that are searched. */
  pathEntries: 256,
  /** UTF-8 bytes of one resolved path. */
  pathBytes: 4096,
  /** Bytes of a script that are hashed into an approval. */
  scriptBytes: 16_777_216,
  /** Bytes of a script that are read to see its first line. */
  shebangBytes: 1_048_576,
  /** Prepared plans kept at the same time. */
  preparedPlans: 1024,
  /** Milliseconds for which a prepared plan may be approved (35 minutes; approvals last 30). */
  preparedPlanTtlMs: 2_100_000,
} as const;
