import * as z from "zod/mini";
import { nonEmptyText, orAbsent } from "../field-schemas.ts";

const text = orAbsent(z.string());
const number = orAbsent(z.number());

/**
 * Answer of `exec.approval.request` and `exec.approval.waitDecision`: `status: "accepted"` while a two-phase request
 * waits, else a decision, or none when nobody decided. Source: protocol section 5.
 */
export interface ApprovalAnswer {
  readonly id?: string | undefined;
  readonly status?: string | undefined;
  readonly decision?: string | undefined;
  /** Why there is no decision, on the newest Gateways: `timeout`, `no-route`. */
  readonly terminalReason?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs?: number | undefined;
}

export const approvalAnswerSchema: z.ZodMiniType<ApprovalAnswer> = z.object({
  id: text,
  status: text,
  decision: text,
  terminalReason: text,
  expiresAtMs: number,
});

/** A run that waits for a decision, as `exec.approval.list` and `exec.approval.requested` show it. */
export interface PendingApproval {
  readonly id: string;
  readonly createdAtMs?: number | undefined;
  readonly expiresAtMs?: number | undefined;
  readonly request: {
    readonly command?: string | undefined;
    /** The exact arguments, where the Gateway shows them. */
    readonly systemRunPlan?: { readonly argv: readonly string[] } | undefined;
    readonly cwd?: string | undefined;
    readonly nodeId?: string | undefined;
    readonly host?: string | undefined;
    readonly agentId?: string | undefined;
    readonly warningText?: string | undefined;
    readonly allowedDecisions?: readonly string[] | undefined;
  };
}

export const approvalListSchema: z.ZodMiniType<readonly PendingApproval[]> = z.array(
  z.object({
    id: nonEmptyText,
    createdAtMs: number,
    expiresAtMs: number,
    request: z.object({
      command: text,
      systemRunPlan: orAbsent(z.object({ argv: z.array(z.string()) })),
      cwd: text,
      nodeId: text,
      host: text,
      agentId: text,
      warningText: text,
      allowedDecisions: orAbsent(z.array(z.string())),
    }),
  }),
);

/** Answer of `exec.approvals.get`, `exec.approvals.node.get` and their `set`, as loose as nodes of all ages send it. */
export interface PolicySnapshotAnswer {
  readonly path?: string | undefined;
  readonly exists?: boolean | undefined;
  readonly hash?: string | undefined;
  readonly file: Readonly<Record<string, unknown>>;
}

export const policySnapshotAnswerSchema: z.ZodMiniType<PolicySnapshotAnswer> = z.object({
  path: text,
  exists: orAbsent(z.boolean()),
  hash: text,
  file: z.record(z.string(), z.unknown()),
});
