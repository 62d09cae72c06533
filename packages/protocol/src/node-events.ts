import * as z from "zod/mini";
import { nonEmptyText } from "./field-schemas.ts";

/** Why a run was denied, as the event `exec.denied` says it. Source: exec section 2.4. */
export const EXEC_DENIED_REASONS = [
  "security=deny",
  "approval-required",
  "allowlist-miss",
  "execution-plan-miss",
  "permission:screenRecording",
  "approval-state-write-failed",
] as const;
export type ExecDeniedReason = (typeof EXEC_DENIED_REASONS)[number];

interface ExecEventBase {
  readonly sessionKey: string;
  readonly runId: string;
  readonly host: "node";
  readonly command: string;
  readonly suppressNotifyOnExit?: boolean | undefined;
}

export interface ExecFinished extends ExecEventBase {
  /** Absent when a signal ended the run or when it never started. */
  readonly exitCode?: number | undefined;
  readonly timedOut: boolean;
  readonly success: boolean;
  readonly output: string;
}

export interface ExecDenied extends ExecEventBase {
  readonly reason: ExecDeniedReason;
}

/** Params of the request `node.event`; closed. The string form wins. Source: protocol section 4.3. */
export interface NodeEventParams {
  readonly event: string;
  readonly payload?: unknown;
  readonly payloadJSON?: string | null | undefined;
}

export const nodeEventParamsSchema: z.ZodMiniType<NodeEventParams> = z.strictObject({
  event: nonEmptyText,
  payload: z.optional(z.unknown()),
  payloadJSON: z.nullish(z.string()),
});
