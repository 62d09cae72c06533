import { inheritedValue, isAllowedInShellForm, isBlockedOverride } from "./environment-rules.ts";

export interface EnvironmentInput {
  /** The host's own environment. */
  readonly host: Readonly<Record<string, string | undefined>>;
  /** What the request wants to set. */
  readonly overrides: Readonly<Record<string, string>>;
  /** Does a shell read the command? Then only a short list may be set, and the rest is dropped. */
  readonly shellForm: boolean;
  readonly windows: boolean;
}

export type RunEnvironment =
  | { readonly ok: true; readonly env: Readonly<Record<string, string>> }
  | {
      readonly ok: false;
      readonly message: string;
      readonly blocked: readonly string[];
      readonly invalid: readonly string[];
    };

/** The search path when the host has none. Source: exec section 4.3. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const PORTABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/u;
const WINDOWS_NAME = /^[A-Za-z_][A-Za-z0-9_()]*$/u;

/**
 * The whole environment of a child: what the host may pass on, and what the request may
 * add. A blocked or malformed override refuses the run. Source: exec section 4.2.
 */
export function buildRunEnvironment(input: EnvironmentInput): RunEnvironment {
  const env = new Variables(input.windows);
  for (const [name, value] of Object.entries(input.host)) {
    const kept = value === undefined ? undefined : inheritedValue(name, value);
    if (kept !== undefined) env.set(name, kept);
  }
  if (!input.windows && !env.has("PATH")) env.set("PATH", DEFAULT_PATH);

  const blocked = new Set<string>();
  const invalid = new Set<string>();
  for (const [name, value] of Object.entries(input.overrides)) {
    if (!(input.windows ? WINDOWS_NAME : PORTABLE_NAME).test(name) || value.includes("\0")) invalid.add(name);
    else if (isHarmlessPager(name, value)) env.set(name, "");
    else if (isBlockedOverride(name)) blocked.add(name.toUpperCase());
    else if (!input.shellForm || isAllowedInShellForm(name)) env.set(name, value);
  }
  if (blocked.size > 0 || invalid.size > 0) {
    const names = { blocked: [...blocked].toSorted(), invalid: [...invalid].toSorted() };
    return { ok: false, message: rejection(names.blocked, names.invalid), ...names };
  }
  env.set("OPENCLAW_CLI", "1");
  env.set("OPENCLAW_SHELL", "exec");
  return { ok: true, env: env.toObject() };
}

/** Variables by name; on Windows one name in several letter cases is one variable, and the last writer wins. */
class Variables {
  readonly #values = new Map<string, readonly [name: string, value: string]>();
  readonly #foldCase: boolean;

  constructor(foldCase: boolean) {
    this.#foldCase = foldCase;
  }

  set(name: string, value: string): void {
    this.#values.set(this.#foldCase ? name.toUpperCase() : name, [name, value]);
  }

  /** Is there such a variable, with something in it? */
  has(name: string): boolean {
    return (this.#values.get(name)?.[1] ?? "") !== "";
  }

  /** All of them as own keys, also one called `__proto__`. */
  toObject(): Record<string, string> {
    return Object.fromEntries(this.#values.values());
  }
}

/** Agents switch pagers off this way; nothing else may be a pager. */
function isHarmlessPager(name: string, value: string): boolean {
  return (name === "PAGER" || name === "GIT_PAGER") && (value === "" || value === "cat");
}

function rejection(blocked: readonly string[], invalid: readonly string[]): string {
  const parts: string[] = [];
  if (blocked.length > 0) parts.push(`blocked override keys: ${blocked.join(", ")}`);
  if (invalid.length > 0) {
    // Names outside the portable form may hold anything; what is shown is escaped.
    parts.push(`invalid non-portable override keys: ${invalid.map(shownName).join(", ")}`);
  }
  return `SYSTEM_RUN_DENIED: environment override rejected (${parts.join("; ")})`;
}

function shownName(name: string): string {
  const escaped = JSON.stringify(name.slice(0, 80)).slice(1, -1);
  return escaped.replace(/[^\x20-\x7e]/gu, "?");
}
