import type { ExecDeniedReason } from "@openclaw/protocol";
import type { Decision, DenyReason } from "./decision.ts";

/** What goes to the Gateway for a run that did not start. */
export interface WireRefusal {
  readonly code: "SYSTEM_RUN_DENIED" | "INVALID_REQUEST";
  readonly message: string;
  /** Reason of the event `exec.denied`; absent when no event is sent. */
  readonly eventReason?: ExecDeniedReason | undefined;
}

type Refusal = readonly [message: string, eventReason: ExecDeniedReason];

const DENIED: Readonly<Record<DenyReason, Refusal>> = {
  "security-deny": ["SYSTEM_RUN_DISABLED: security=deny", "security=deny"],
  "policy-malformed": ["SYSTEM_RUN_DISABLED: security=deny", "security=deny"],
  "deny-entry": ["SYSTEM_RUN_DISABLED: security=deny", "security=deny"],
  "not-listed": ["SYSTEM_RUN_DENIED: allowlist miss", "allowlist-miss"],
  "not-analyzable": ["SYSTEM_RUN_DENIED: allowlist miss", "allowlist-miss"],
  "deny-list-unproven": ["SYSTEM_RUN_DENIED: allowlist miss", "allowlist-miss"],
  "approval-unknown-plan": ["SYSTEM_RUN_DENIED: approval required", "approval-required"],
  "policy-changed": [
    "SYSTEM_RUN_DENIED: exec approval policy changed; request approval again",
    "approval-required",
  ],
  "executable-unresolved": [
    "SYSTEM_RUN_DENIED: approval requires a resolved executable",
    "approval-required",
  ],
  "cwd-missing": ["SYSTEM_RUN_DENIED: approval requires an existing canonical cwd", "approval-required"],
  "cwd-not-directory": ["SYSTEM_RUN_DENIED: approval requires cwd to be a directory", "approval-required"],
  "cwd-not-canonical": [
    "SYSTEM_RUN_DENIED: approval requires canonical cwd (no symlink path components)",
    "approval-required",
  ],
  "cwd-changed": ["SYSTEM_RUN_DENIED: approval cwd changed before execution", "approval-required"],
  "file-changed": [
    "SYSTEM_RUN_DENIED: approval script operand changed before execution",
    "approval-required",
  ],
  "environment-changed": ["SYSTEM_RUN_DENIED: exec approval changed before execution", "approval-required"],
  "operand-missing": ["SYSTEM_RUN_DENIED: approval missing script operand binding", "approval-required"],
  "screen-recording": ["PERMISSION_MISSING: screenRecording", "permission:screenRecording"],
};

/** The exact texts of exec sections 2.3, 2.4 and 2.6, nothing appended. */
export function wireRefusal(decision: Exclude<Decision, { outcome: "allow" }>): WireRefusal {
  if (decision.outcome === "invalid") {
    return { code: "INVALID_REQUEST", message: decision.message };
  }
  const [message, eventReason]: Refusal =
    decision.outcome === "ask"
      ? [`SYSTEM_RUN_DENIED: approval required${inlineText(decision)}`, "approval-required"]
      : DENIED[decision.reason];
  return { code: "SYSTEM_RUN_DENIED", message, eventReason };
}

function inlineText({ reason, view }: Extract<Decision, { outcome: "ask" }>): string {
  if (reason !== "inline-eval" || view.inlineEval === undefined) return "";
  const { name, flag } = view.inlineEval;
  return ` (${name} ${flag} requires explicit approval in strictInlineEval mode)`;
}
