import * as z from "zod/mini";
import { LIMITS } from "../limits.ts";
import type { AgentJson, DenyJson, EntryJson, PolicyJson } from "./document.ts";

const trimmed = z.transform((value: unknown) => (typeof value === "string" ? value.trim() : value));

const oneOf = <const T extends readonly string[]>(values: T): z.ZodMiniType<T[number]> =>
  z.pipe(z.pipe(z.unknown(), trimmed), z.enum(values, `must be one of ${values.join(", ")}`));

const scope = {
  security: z.optional(oneOf(["deny", "allowlist", "full"])),
  ask: z.optional(oneOf(["off", "on-miss", "always"])),
  askFallback: z.optional(oneOf(["deny", "allowlist", "full"])),
  autoAllowSkills: z.optional(z.boolean("must be true or false")),
};

/** Text that can be a pattern: not blank, not absurdly long. */
export const patternSchema: z.ZodMiniType<string> = z.string("must be a text").check(
  z.maxLength(LIMITS.patternChars, `is longer than ${LIMITS.patternChars} characters`),
  z.refine((text) => text.trim() !== "", "must not be blank"),
);

/** The condition on arguments, where an entry has one. */
export const conditionSchema: z.ZodMiniType<string | undefined> = z.optional(patternSchema);

/** A condition of our own entries: a SHA-256 in lower-case hex. */
export const digestSchema: z.ZodMiniType<string | undefined> = z.optional(
  z.string().check(z.regex(/^[0-9a-f]{64}$/u)),
);

/** Older writers keep plain strings in their lists. */
const asEntry = (item: unknown): unknown => (typeof item === "string" ? { pattern: item.trim() } : item);

export const entrySchema: z.ZodMiniType<EntryJson> = z.looseObject({ pattern: patternSchema });

/** An item that is no entry allows nothing, so it is dropped; the older plain text of a command too. */
const allowlistSchema: z.ZodMiniType<readonly EntryJson[]> = z.pipe(
  z
    .array(z.unknown(), "must be a list")
    .check(z.maxLength(LIMITS.entries, `holds more than ${LIMITS.entries} entries`)),
  z.transform((items: unknown[]) =>
    items.flatMap((item) => {
      const entry = entrySchema.safeParse(asEntry(item));
      if (!entry.success) return [];
      const { commandText: _plaintext, ...rest } = entry.data;
      return [rest];
    }),
  ),
);

/** A deny item that cannot be read would loosen the policy if it were dropped. */
const denyItemSchema: z.ZodMiniType<DenyJson> = z.pipe(
  z.pipe(z.unknown(), z.transform(asEntry)),
  z.looseObject(
    { pattern: patternSchema, reason: z.optional(z.string()) },
    "must be a pattern, or an object with one",
  ),
);

const denySchema: z.ZodMiniType<readonly DenyJson[]> = z
  .array(denyItemSchema, "must be a list")
  .check(z.maxLength(LIMITS.entries, `holds more than ${LIMITS.entries} entries`));

const agentSchema: z.ZodMiniType<AgentJson> = z.looseObject(
  { ...scope, allowlist: z.optional(allowlistSchema), deny: z.optional(denySchema) },
  "must be an object",
);

/** The file as it is read; lists in their newer form, unknown keys kept. Source: exec section 1. */
export const policySchema: z.ZodMiniType<PolicyJson> = z.looseObject(
  {
    version: z.literal(1, "must be 1"),
    socket: z.optional(z.looseObject({}, "must be an object")),
    defaults: z.optional(z.looseObject(scope, "must be an object")),
    agents: z.optional(
      z.record(z.string(), agentSchema, "must be an object").check(
        z.refine(
          (agents) => Object.keys(agents).length <= LIMITS.agents,
          `holds more than ${LIMITS.agents} agents`,
        ),
        z.refine((agents) => !Object.hasOwn(agents, ""), "holds an agent without a name"),
      ),
    ),
  },
  "must be an object",
);
