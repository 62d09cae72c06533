import * as z from "zod/mini";
import { nonEmptyText, orAbsent } from "../field-schemas.ts";
import type { ExecAsk, ExecSecurity } from "./system-run-plan.ts";

/** One allowlist entry of the exec approvals file. Source: exec section 1.1. */
export interface AllowlistEntry {
  readonly id?: string | undefined;
  readonly pattern: string;
  readonly source?: "allow-always" | undefined;
  readonly argPattern?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly lastUsedAt?: number | undefined;
  readonly lastUsedCommand?: string | undefined;
  readonly lastResolvedPath?: string | undefined;
}

export interface ExecApprovalsScope {
  readonly security?: ExecSecurity | undefined;
  readonly ask?: ExecAsk | undefined;
  readonly askFallback?: ExecSecurity | undefined;
  readonly autoAllowSkills?: boolean | undefined;
}

export interface ExecApprovalsAgent extends ExecApprovalsScope {
  readonly allowlist?: readonly AllowlistEntry[] | undefined;
}

/** The exec approvals document as it goes over the wire: closed at every level. */
export interface ExecApprovalsFile {
  readonly version: 1;
  readonly socket?: { readonly path?: string | undefined; readonly token?: string | undefined } | undefined;
  readonly defaults?: ExecApprovalsScope | undefined;
  readonly agents?: Readonly<Record<string, ExecApprovalsAgent>> | undefined;
}

const scope = {
  security: z.optional(z.enum(["deny", "allowlist", "full"])),
  ask: z.optional(z.enum(["off", "on-miss", "always"])),
  askFallback: z.optional(z.enum(["deny", "allowlist", "full"])),
  autoAllowSkills: z.optional(z.boolean()),
};

const allowlistEntrySchema: z.ZodMiniType<AllowlistEntry> = z.strictObject({
  id: z.optional(nonEmptyText),
  pattern: nonEmptyText,
  source: z.optional(z.literal("allow-always")),
  argPattern: z.optional(z.string()),
  lastUsedAt: z.optional(z.number().check(z.nonnegative())),
  lastUsedCommand: z.optional(z.string()),
  lastResolvedPath: z.optional(z.string()),
});

export const execApprovalsFileSchema: z.ZodMiniType<ExecApprovalsFile> = z.strictObject({
  version: z.literal(1),
  socket: z.optional(z.strictObject({ path: z.optional(z.string()), token: z.optional(z.string()) })),
  defaults: z.optional(z.strictObject(scope)),
  agents: z.optional(
    z.record(z.string(), z.strictObject({ ...scope, allowlist: z.optional(z.array(allowlistEntrySchema)) })),
  ),
});

/** Answer of `system.execApprovals.get` and `.set`; closed. Source: exec section 1.5. */
export interface ExecApprovalsSnapshot {
  /** For display only. */
  readonly path: string;
  readonly exists: boolean;
  readonly hash: string;
  readonly file: ExecApprovalsFile;
}

export const execApprovalsSnapshotSchema: z.ZodMiniType<ExecApprovalsSnapshot> = z.strictObject({
  path: z.string(),
  exists: z.boolean(),
  hash: nonEmptyText,
  file: execApprovalsFileSchema,
  resolvedDefaults: z.optional(z.unknown()),
});

/** Params of `system.execApprovals.set`; `file` is checked by the policy engine, field by field. */
export interface ExecApprovalsSetParams {
  readonly file: Readonly<Record<string, unknown>>;
  readonly baseHash?: string | undefined;
}

export const execApprovalsSetParamsSchema: z.ZodMiniType<ExecApprovalsSetParams> = z.object({
  file: z.record(z.string(), z.unknown(), "exec approvals file required"),
  baseHash: orAbsent(z.string()),
});
