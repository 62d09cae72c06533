import type { PreparedPlans } from "@openclaw/approvals";
import type { AuditSink } from "./audit.ts";
import type { HostLog } from "./host-log.ts";
import type { NodeFile } from "./node-file.ts";
import type { PolicyStore } from "./policy-store.ts";
import type { UsageRecorder } from "./usage-recorder.ts";

/** What handlers may use; made once by the host. */
export interface HostContext {
  readonly policy: PolicyStore;
  readonly prepared: PreparedPlans;
  readonly usage: UsageRecorder;
  readonly audit: AuditSink;
  readonly log: HostLog;
  /** The owner's switches; read at start. */
  readonly node: NodeFile;
  readonly home: string;
  readonly hostCwd: string;
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly killGraceMs?: number;
}

/** One invoke, as its handler sees it. */
export interface InvokeCall {
  readonly id: string;
  /** Ends when the Gateway cancels, when the connection ends, and when the host stops. */
  readonly signal: AbortSignal;
  /** Protocol number of this connection. */
  readonly protocol: number;
  /** Was `system.run.prepare` called on this connection? */
  readonly prepareSeen: boolean;
  /** Bytes that the payload of the answer may have. */
  readonly maxPayloadBytes: number;
  /** Sends a node event; failures are logged, not thrown. */
  sendEvent(event: string, payload: unknown): void;
}

export type InvokeAnswer =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string };

export function refuse(code: string, message: string): InvokeAnswer {
  return { ok: false, code, message };
}

/** An operator's "allow always" widens the policy: only where the Gateway may edit it freely. */
export function mayGrantAlways({ node }: HostContext): boolean {
  return (node.policyEdits ?? "free") === "free";
}
