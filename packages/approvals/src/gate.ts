import type { Decision } from "./decision.ts";
import type { Rule } from "./rule.ts";

/** What a request passes on its way to a run, in the order in which `decide` asks. Source: exec section 2.3. */
export const GATE_NAMES = [
  "request",
  "raw-text",
  "approval-claim",
  "policy-file",
  "security",
  "deny-entries",
  "understood",
  "allowlist",
  "unseen-programs",
  "ask",
  "inline-code",
  "audit-suppressions",
  "approval",
  "working-directory",
  "executable",
  "screen-recording",
] as const;
export type GateName = (typeof GATE_NAMES)[number];

/** `failed` does not stop a run that was approved; `not-reached` is what comes after a stop. */
export type GateStatus = "passed" | "failed" | "not-reached";

export interface Gate {
  readonly name: GateName;
  readonly status: GateStatus;
  /** One sentence for a person; empty where the gate was not reached. The texts may change, the names do not. */
  readonly detail: string;
  /** Set at the one gate that decided: what the decision says. */
  readonly decided?: {
    readonly outcome: Decision["outcome"];
    readonly reason: Decision["reason"];
    readonly rule?: Rule | undefined;
  };
}
