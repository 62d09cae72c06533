import type { SystemRunPlan } from "@openclaw/protocol";

/** A run as the node host understood it: parsed params plus the environment it built. */
export interface RunRequest {
  readonly argv: readonly string[];
  readonly rawCommand?: string | undefined;
  readonly cwd?: string | undefined;
  /** The complete environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  readonly agentId?: string | undefined;
  readonly sessionKey?: string | undefined;
  readonly approved: boolean;
  readonly approvalDecision?: "allow-once" | "allow-always" | undefined;
  readonly approvalSource?: string | undefined;
  readonly plan?: SystemRunPlan | undefined;
  readonly needsScreenRecording: boolean;
}
