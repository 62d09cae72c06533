import { z } from "zod";

interface Scope {
  readonly security?: string | undefined;
  readonly ask?: string | undefined;
  readonly askFallback?: string | undefined;
  readonly autoAllowSkills?: boolean | undefined;
}

interface Entry {
  readonly id?: string | undefined;
  readonly pattern: string;
  readonly source?: "allow-always" | undefined;
  readonly commandText?: string | undefined;
  readonly argPattern?: string | undefined;
  readonly lastUsedAt?: number | undefined;
  readonly lastUsedCommand?: string | undefined;
  readonly lastResolvedPath?: string | undefined;
}

interface Agent extends Scope {
  readonly allowlist?: readonly Entry[] | undefined;
  readonly mcpTools?: readonly unknown[] | undefined;
}

/**
 * The exec approvals document as a Gateway checks it on the way through: closed at every
 * level, but the words inside are for the node to judge. Source: exec section 1.1.
 */
export interface ApprovalsDocument {
  readonly version: 1;
  readonly socket?: { readonly path?: string | undefined; readonly token?: string | undefined } | undefined;
  readonly defaults?: Scope | undefined;
  readonly agents?: Readonly<Record<string, Agent>> | undefined;
}

const scope = {
  security: z.string().optional(),
  ask: z.string().optional(),
  askFallback: z.string().optional(),
  autoAllowSkills: z.boolean().optional(),
};

const entry: z.ZodType<Entry> = z.strictObject({
  id: z.string().min(1).optional(),
  pattern: z.string(),
  source: z.literal("allow-always").optional(),
  commandText: z.string().optional(),
  argPattern: z.string().optional(),
  lastUsedAt: z.number().min(0).optional(),
  lastUsedCommand: z.string().optional(),
  lastResolvedPath: z.string().optional(),
});

const grant = z.strictObject({
  server: z.string().min(1),
  tool: z.string().min(1),
  source: z.literal("allow-always"),
  addedAt: z.number().min(0),
  lastUsedAt: z.number().min(0).optional(),
});

const agent: z.ZodType<Agent> = z.strictObject({
  ...scope,
  allowlist: z.array(entry).optional(),
  mcpTools: z.array(grant).optional(),
});

export const documentSchema: z.ZodType<ApprovalsDocument> = z.strictObject({
  version: z.literal(1),
  socket: z.strictObject({ path: z.string().optional(), token: z.string().optional() }).optional(),
  defaults: z.strictObject(scope).optional(),
  agents: z.record(z.string(), agent).optional(),
});

const resolved = z.strictObject({
  security: z.enum(["deny", "allowlist", "full"]),
  ask: z.enum(["off", "on-miss", "always"]),
  askFallback: z.enum(["deny", "allowlist", "full"]),
  autoAllowSkills: z.boolean(),
});

/** What a node answers to get and set; the newest era refuses anything else. */
export const snapshotSchema: z.ZodType = z.strictObject({
  path: z.string(),
  exists: z.boolean(),
  hash: z.string(),
  file: documentSchema,
  resolvedDefaults: resolved.optional(),
});

interface ByNode {
  readonly nodeId: string;
}
interface NewDocument {
  readonly file: ApprovalsDocument;
  readonly baseHash?: string | undefined;
}

const nodeId = z.string().min(1);
const baseHash = z.string().min(1).optional();

export const nodeGetSchema: z.ZodType<ByNode> = z.strictObject({ nodeId });
export const setSchema: z.ZodType<NewDocument> = z.strictObject({ file: documentSchema, baseHash });
export const nodeSetSchema: z.ZodType<ByNode & NewDocument> = z.strictObject({
  nodeId,
  file: documentSchema,
  baseHash,
});

const EMPTY: ApprovalsDocument = { version: 1 };

/** The newest era also knows a document of another form, which nodes of ours never have. */
export const nodeSetSchemaNewest: z.ZodType<ByNode & NewDocument> = z
  .strictObject({ nodeId, file: documentSchema.optional(), baseHash })
  .transform((params, context) => {
    const { file } = params;
    if (file !== undefined) return { ...params, file };
    const missing = ["file", "native"].map((name) => `must have required property '${name}'`);
    for (const message of [...missing, "must match exactly one schema in oneOf"]) {
      context.addIssue({ code: "custom", path: [], message });
    }
    return { ...params, file: EMPTY };
  });
