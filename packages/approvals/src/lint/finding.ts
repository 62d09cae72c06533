/** What can be wrong with a policy. Closed; each code stands in the manual. */
export const LINT_CODES = [
  "everything-allowed",
  "security-full",
  "fallback-wide",
  "skills-allowed",
  "misspelled-key",
  "unknown-key",
  "matches-nothing",
  "condition-unreadable",
  "arguments-unread",
  "arguments-never",
  "generated-ignored",
  "file-missing",
  "file-unusable",
  "file-is-link",
  "name-not-found",
  "duplicate",
  "covered",
  "condition-moot",
  "denied",
  "wildcard",
  "wide-place",
  "shell",
  "interpreter",
  "carrier",
  "project-code",
  "editor",
  "writable-by-others",
  "too-much-to-check",
  "not-an-entry",
  "malformed",
] as const;
export type LintCode = (typeof LINT_CODES)[number];

/** `error`: others may decide what runs. `warning`: it does not do what it seems to. `note`: worth knowing. */
export type LintSeverity = "error" | "warning" | "note";

/** One thing that is wrong, where, and how to mend it. */
export interface Finding {
  readonly code: LintCode;
  readonly severity: LintSeverity;
  /** Key under `agents`; absent for `defaults` and the whole file. */
  readonly agent?: string;
  readonly list?: "allowlist" | "deny";
  /** Place in the list, from 0, as the engine reads it. */
  readonly index?: number;
  readonly pattern?: string;
  readonly argPattern?: string;
  /** The setting or key. */
  readonly field?: string;
  /** One sentence for a person, without the place; user input in backticks, quoted. */
  readonly message: string;
  /** The command lines that mend it, one after the other, where there are such. */
  readonly fix?: readonly (readonly string[])[];
}

/** An entry that is looked at, with its place. */
export interface ListedAt {
  readonly agent: string;
  readonly list: "allowlist" | "deny";
  readonly index: number;
  readonly entry: Readonly<Record<string, unknown>> & { readonly pattern: string };
}

/** A finding about an entry. */
export function entryFinding(
  { agent, list, index, entry }: ListedAt,
  code: LintCode,
  severity: LintSeverity,
  message: string,
  ...fix: readonly (readonly string[] | undefined)[]
): Finding {
  const { pattern, argPattern } = entry;
  const commands = fix.flatMap((words) => (words === undefined ? [] : [words]));
  return {
    code,
    severity,
    agent,
    list,
    index,
    pattern,
    ...(typeof argPattern === "string" ? { argPattern } : {}),
    message,
    ...(commands.length === 0 || commands.length < fix.length ? {} : { fix: commands }),
  };
}

/** The command that takes exactly this entry away. */
export function removal({ agent, list, entry }: ListedAt): readonly string[] | undefined {
  const { pattern, argPattern } = entry;
  // Its command line could not say it.
  if (
    pattern !== pattern.trim() ||
    pattern.startsWith("-") ||
    /[\0\n]/u.test(`${pattern}${String(argPattern)}`)
  ) {
    return undefined;
  }
  return [
    "openclaw",
    "approvals",
    list,
    "remove",
    pattern,
    ...(agent === "*" ? [] : ["--agent", agent]),
    ...(typeof argPattern === "string" ? [`--arg-pattern=${argPattern}`] : []),
  ];
}

/** The command that adds a pattern with the same conditions. */
export function addition(pattern: string, { agent, list, entry }: ListedAt): readonly string[] {
  const { argPattern } = entry;
  return [
    "openclaw",
    "approvals",
    list,
    "add",
    pattern,
    ...(agent === "*" ? [] : ["--agent", agent]),
    ...(typeof argPattern === "string" ? [`--arg-pattern=${argPattern}`] : []),
  ];
}
