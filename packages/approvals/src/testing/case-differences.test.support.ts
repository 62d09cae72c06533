/** What we answer where the recording differs, and why. */
export interface Difference {
  readonly outcome: "allow" | "ask" | "deny" | "error";
  readonly why: string;
}

const differ = (
  outcome: Difference["outcome"],
  why: string,
  ...ids: readonly string[]
): readonly (readonly [string, Difference])[] => ids.map((id) => [id, { outcome, why }]);

/** Recorded as allowed (or refused in other words); ours is at least as strict. */
export const STRICTER: ReadonlyMap<string, Difference> = new Map([
  ...differ(
    "ask",
    "an absent field means allowlist and on-miss: an empty file is no permission",
    "policy-empty-file@2026.9.6",
  ),
  ...differ(
    "deny",
    "what does not resolve to a startable file is never covered: a file that appears there later is another one",
    "pat-star-unresolved@2026.9.6",
    "pat-not-executable",
    "pat-missing-file",
  ),
  ...differ(
    "deny",
    "argument patterns are held against the whole, and a space in an argument separates nothing: else `--rm` comes for free",
    "pat-argpattern-unanchored",
    "pat-argpattern-space-joined",
  ),
  ...differ(
    "deny",
    "the construct is not in the grammar on which all shells agree: what it expands to is known only when it runs",
    "sh-pipe-stderr@2026.9.6",
    "sh-newline@2026.9.6",
    "sh-comment@2026.9.6",
    "sh-glob-arg@2026.9.6",
    "sh-brace-arg@2026.9.6",
    "sh-tilde-exec@2026.9.6",
    "sh-negation@2026.9.6",
    "sh-ansi-c@2026.9.6",
    "safe-shell-brace-arg@2026.9.6",
  ),
  ...differ(
    "deny",
    "builtins that start other programs are not unwrapped: a person writes the program itself",
    "sh-exec@2026.9.6",
    "sh-command-builtin@2026.9.6",
  ),
  ...differ(
    "deny",
    "a program that starts others is never covered by its path: the entry was made for it, not for what it starts",
    "wrap-xargs",
    "find-exec-argv-allowlisted",
    "wrap-busybox-sh@2026.9.6",
    "wrap-npx-inner@2026.9.6",
    "npm-exec-dashdash@2026.9.6",
    "wrap-command-argv@2026.9.6",
  ),
  ...differ(
    "deny",
    "env with assignments is not unwrapped: a variable can change what the program does",
    "sh-env-prefix-wrapper@2026.9.6",
    "wrap-env-assign-blocked@2026.9.6",
  ),
  ...differ(
    "deny",
    "a shell is judged by its text, not by an entry: without a text it takes any command from its input",
    "wrap-bash-no-args",
  ),
  ...differ(
    "deny",
    "older generated entries bind neither directory nor file, so they are inert",
    "durable-exact-command@2026.9.6",
  ),
  ...differ(
    "error",
    "the first line agrees; the advice after it is our own",
    "prep-interp-inline@2026.9.6",
    "prep-node-require@2026.9.6",
  ),
]);

/** Ours allows where the recording does not; each by a decision that is written down. */
export const BY_DESIGN: ReadonlyMap<string, Difference> = new Map([
  ...differ("allow", "a missing agent id means `main`", "policy-no-agentid-main-entry@2026.9.6"),
  ...differ(
    "allow",
    "bookkeeping without an agent id is skipped, not denied",
    "policy-no-agentid-wildcard-entry@2026.9.6",
  ),
  ...differ(
    "allow",
    "plain-string entries are read before two agents are merged",
    "policy-string-entry-lost-in-default-merge",
  ),
  ...differ(
    "allow",
    "every program of a plain chain is bound by itself, so the chain is as fixed as one program",
    "prep-shell-lc-chain@2026.9.6",
  ),
  ...differ(
    "allow",
    "with full and off nothing will be approved, so nothing is bound",
    "prep-policy-full-off-legacy-caller@2026.9.6",
  ),
  ...differ(
    "allow",
    "some Gateways drop the snapshot: the one that was prepared counts",
    "appr-plan-snapshot-missing@2026.9.6",
  ),
]);

/** Cases of one function, each with a test beside that function. */
export const TESTED_BESIDE: readonly { readonly file: string; readonly applies: RegExp }[] = [
  { file: "policy/recorded-set.test.ts", applies: /^file:file-set-/u },
  { file: "match/arguments.test.ts", applies: /^hash:hash-cwd-argv/u },
  { file: "approval/snapshot.test.ts", applies: /^hash:hash-env/u },
  { file: "shell/invocation.test.ts", applies: /^wrapper-extract:/u },
  { file: "shell/windows-text.test.ts", applies: /^windows-shell-text:/u },
  { file: "decide-windows.test.ts", applies: /^windows:/u },
];

/** What an engine without IO cannot be asked. */
export const NOT_OURS: readonly { readonly why: string; readonly applies: RegExp }[] = [
  { why: "the storage of another program", applies: /^file:file-present/u },
  { why: "frames and command names are read by the node host", applies: /^request:req-(?:params|unsup)/u },
  {
    why: "environment overrides are rejected before a request is made",
    applies: /^prepare:prep-env-blocked/u,
  },
];
