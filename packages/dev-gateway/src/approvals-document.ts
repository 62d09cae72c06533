import * as z from "zod/mini";

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
  security: z.optional(z.string()),
  ask: z.optional(z.string()),
  askFallback: z.optional(z.string()),
  autoAllowSkills: z.optional(z.boolean()),
};

const entry: z.ZodMiniType<Entry> = z.strictObject({
  id: z.optional(z.string().check(z.minLength(1))),
  pattern: z.string(),
  source: z.optional(z.literal("allow-always")),
  commandText: z.optional(z.string()),
  argPattern: z.optional(z.string()),
  lastUsedAt: z.optional(z.number().check(z.minimum(0))),
  lastUsedCommand: z.optional(z.string()),
  lastResolvedPath: z.optional(z.string()),
});

const grant = z.strictObject({
  server: z.string().check(z.minLength(1)),
  tool: z.string().check(z.minLength(1)),
  source: z.literal("allow-always"),
  addedAt: z.number().check(z.minimum(0)),
  lastUsedAt: z.optional(z.number().check(z.minimum(0))),
});

const agent: z.ZodMiniType<Agent> = z.strictObject({
  ...scope,
  allowlist: z.optional(z.array(entry)),
  mcpTools: z.optional(z.array(grant)),
});

export const documentSchema: z.ZodMiniType<ApprovalsDocument> = z.strictObject({
  version: z.literal(1),
  socket: z.optional(z.strictObject({ path: z.optional(z.string()), token: z.optional(z.string()) })),
  defaults: z.optional(z.strictObject(scope)),
  agents: z.optional(z.record(z.string(), agent)),
});

const resolved = z.strictObject({
  security: z.enum(["deny", "allowlist", "full"]),
  ask: z.enum(["off", "on-miss", "always"]),
  askFallback: z.enum(["deny", "allowlist", "full"]),
  autoAllowSkills: z.boolean(),
});

/** What a node answers to get and set; the newest era refuses anything else. */
export const snapshotSchema: z.ZodMiniType = z.strictObject({
  path: z.string(),
  exists: z.boolean(),
  hash: z.string(),
  file: documentSchema,
  resolvedDefaults: z.optional(resolved),
});

interface ByNode {
  readonly nodeId: string;
}
interface NewDocument {
  readonly file: ApprovalsDocument;
  readonly baseHash?: string | undefined;
}

const nodeId = z.string().check(z.minLength(1));
const baseHash = z.optional(z.string().check(z.minLength(1)));

export const nodeGetSchema: z.ZodMiniType<ByNode> = z.strictObject({ nodeId });
export const setSchema: z.ZodMiniType<NewDocument> = z.strictObject({ file: documentSchema, baseHash });
export const nodeSetSchema: z.ZodMiniType<ByNode & NewDocument> = z.strictObject({
  nodeId,
  file: documentSchema,
  baseHash,
});

const EMPTY: ApprovalsDocument = { version: 1 };

/** The newest era also knows a document of another form, which nodes of ours never have. */
export const nodeSetSchemaNewest: z.ZodMiniType<ByNode & NewDocument> = z.pipe(
  z.strictObject({ nodeId, file: z.optional(documentSchema), baseHash }),
  z.transform((params: ByNode & Partial<NewDocument>, context) => {
    const { file } = params;
    if (file !== undefined) return { ...params, file };
    const missing = ["file", "native"].map((name) => `must have required property '${name}'`);
    for (const message of [...missing, "must match exactly one schema in oneOf"]) {
      context.issues.push({ code: "custom", path: [], input: params, message });
    }
    return { ...params, file: EMPTY };
  }),
);
