import type { RunPlan } from "@openclaw/protocol";
import type { AlwaysGrant } from "./policy/grant.ts";
import type { InlineEval } from "./tools/inline-search.ts";
import type { Rule } from "./rule.ts";

/** Why one command of a request is not covered by the allowlist. */
export type MissCause =
  /** No entry names this file. */
  | { readonly kind: "no-entry" }
  /** An entry names the file, but its `argPattern` is of a form that is not evaluated. */
  | { readonly kind: "argument-pattern"; readonly pattern: string; readonly argPattern: string }
  /** No such file, or a file that cannot be started. */
  | { readonly kind: "unresolved" }
  /** A program that starts other programs; never covered by its path. */
  | { readonly kind: "carrier"; readonly name: string }
  /** An ordinary program, but with an argument that makes it start another one or load code. */
  | { readonly kind: "program-argument"; readonly argument: string }
  /** Text or an option that the parser does not model. */
  | { readonly kind: "not-analyzable" }
  /** A shell or wrapper file that is neither a system file nor listed. */
  | { readonly kind: "untrusted-runner"; readonly path: string }
  /** A link whose target has another name, in a place where the name would be lost. */
  | { readonly kind: "renamed-link"; readonly path: string };

export interface SegmentView {
  /** The words as they were asked for. */
  readonly typed: readonly string[];
  /** Real path of the file; absent for builtins and for what does not resolve. */
  readonly resolved?: string | undefined;
  readonly covered: boolean;
  readonly by?: Rule | undefined;
  readonly cause?: MissCause | undefined;
}

/** The first construct that the parser does not model. */
export interface NotAnalyzable {
  /** In words, for example "redirection". */
  readonly construct: string;
  /** UTF-16 offset in the shell text; 0 when the place is an argument. */
  readonly offset: number;
}

export interface CommandView {
  /** The command as a person reads it. */
  readonly commandText: string;
  readonly segments: readonly SegmentView[];
  /** Name of the shell whose text was judged. */
  readonly shell?: string | undefined;
  readonly notAnalyzable?: NotAnalyzable | undefined;
  /** Code in arguments, where the owner wants every such run approved. */
  readonly inlineEval?: InlineEval | undefined;
}

/** A matched entry, for the bookkeeping of `recordUse`. */
export interface EntryUse {
  readonly agent: string;
  readonly pattern: string;
  readonly argPattern?: string | undefined;
  readonly id?: string | undefined;
  /** Real path of the file that matched. */
  readonly resolvedPath: string;
}

export type AllowReason = "listed" | "full" | "approved";

export type AskReason =
  | "ask-always"
  | "not-listed"
  | "not-analyzable"
  | "deny-list-unproven"
  | "inline-eval"
  | "audit-suppressions";

export type DenyReason =
  | "security-deny"
  | "policy-malformed"
  | "deny-entry"
  | "not-listed"
  | "not-analyzable"
  | "deny-list-unproven"
  | "approval-unknown-plan"
  | "policy-changed"
  | "executable-unresolved"
  | "cwd-missing"
  | "cwd-not-directory"
  | "cwd-not-canonical"
  | "cwd-changed"
  | "file-changed"
  | "environment-changed"
  | "operand-missing"
  | "screen-recording";

export type InvalidReason =
  | "malformed-request"
  | "command-required"
  | "raw-command-mismatch"
  | "plan-invalid"
  | "approval-source-invalid"
  | "approval-source-combined"
  | "approval-needs-plan"
  | "approval-source-needs-plan"
  | "snapshot-missing";

/** The one answer to a request. `ask` means that an operator may approve it. */
export type Decision =
  | {
      readonly outcome: "allow";
      readonly rule: Rule;
      readonly reason: AllowReason;
      readonly view: CommandView;
      readonly plan: RunPlan;
      readonly uses: readonly EntryUse[];
      /** What to save with `grantAlways` before the run; only where "allow always" was the answer. */
      readonly grant?: AlwaysGrant | undefined;
    }
  | {
      readonly outcome: "ask";
      readonly rule: Rule;
      readonly reason: AskReason;
      readonly view: CommandView;
    }
  | {
      readonly outcome: "deny";
      readonly rule: Rule;
      readonly reason: DenyReason;
      readonly view: CommandView;
    }
  | {
      readonly outcome: "invalid";
      readonly reason: InvalidReason;
      readonly view?: CommandView | undefined;
      /** The exact text for the Gateway. */
      readonly message: string;
    };
