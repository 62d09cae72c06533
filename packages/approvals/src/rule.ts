/** What is wrong with a policy text, and where. Lines and columns count from 1. */
export interface PolicyProblem {
  readonly message: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export type SettingField = "security" | "ask" | "askFallback" | "autoAllowSkills";
export type SettingSource = "agent" | "wildcard" | "defaults" | "built-in";

/** A scalar of the policy, with the place that set it. */
export interface SettingRule {
  readonly kind: "setting";
  readonly field: SettingField;
  readonly value: string | boolean;
  readonly from: SettingSource;
  /** Key under `agents`; absent for `defaults` and `built-in`. */
  readonly agent?: string | undefined;
}

export interface EntryRule {
  readonly kind: "entry";
  readonly agent: string;
  readonly pattern: string;
  readonly argPattern?: string | undefined;
  readonly id?: string | undefined;
}

export interface DenyEntryRule {
  readonly kind: "deny-entry";
  readonly agent: string;
  readonly pattern: string;
  readonly argPattern?: string | undefined;
  readonly reason?: string | undefined;
}

/** Who let an approved run through. `legacy` is an approval without a plan. */
export type ApprovalKind = "allow-once" | "allow-always" | "auto-review" | "legacy";

/** What decided. Closed: every sentence for a person is rendered from it. */
export type Rule =
  | EntryRule
  | DenyEntryRule
  | SettingRule
  /** `by`: the owner, asked at the node itself; absent for the Gateway's operator. */
  | { readonly kind: "approval"; readonly decision: ApprovalKind; readonly by?: "owner" | undefined }
  | { readonly kind: "builtin"; readonly name: string }
  /** A program that only reads its input. */
  | { readonly kind: "safe-bin"; readonly name: string }
  /** A program of a skill, where the policy lets skills through. */
  | { readonly kind: "skill-bin"; readonly name: string; readonly path: string }
  | { readonly kind: "policy-file"; readonly problem: PolicyProblem }
  | { readonly kind: "request" };
