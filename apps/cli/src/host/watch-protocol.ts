import type { ApprovalDecision } from "@openclaw/protocol";
import * as z from "zod/mini";

/** The stream of the control socket over which a running host asks its owner. */
export const WATCH_METHOD = "approvals.watch";

/** A run that waits for the owner: everything that the owner should see before an answer. */
export interface PromptText {
  readonly runId: string;
  readonly agentId: string | null;
  readonly sessionKey: string | null;
  /** Url of the Gateway over which the request came. */
  readonly gateway: string;
  /** The command as it was asked for. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** What really starts: real path of the file, and the arguments after it was read. */
  readonly starts: { readonly executable: string; readonly argv: readonly string[] };
  /** Every program of the command; `path` is null for what is part of a shell. */
  readonly programs: readonly { readonly name: string; readonly path: string | null }[];
  /** The script that an interpreter gets, with the SHA-256 of its content in hex. */
  readonly script: { readonly path: string; readonly sha256: string } | null;
  /** What the request sets in the environment, as far as it takes effect. */
  readonly env: Readonly<Record<string, string>>;
  /** Why this needs an approval, as a sentence. */
  readonly why: string;
  /** What "allow always" would add to the policy; null when it can add nothing. */
  readonly always: { readonly agent: string; readonly entries: readonly AlwaysEntry[] } | null;
  /** Why it can add nothing. */
  readonly whyNotAlways: string | null;
}

export interface AlwaysEntry {
  readonly pattern: string;
  readonly argPattern?: string | undefined;
  readonly contentSha256?: string | undefined;
  readonly launchSha256?: string | undefined;
}

/** How a prompt ended for those who watch. */
export type SettledHow = "answered" | "expired" | "withdrawn";

/** What the host sends. Times are milliseconds. */
export type WatchEvent =
  | { readonly event: "watching"; readonly watcher: string; readonly waiting: number }
  | ({ readonly event: "prompt"; readonly id: string; readonly leftMs: number } & PromptText)
  | {
      readonly event: "settled";
      readonly id: string;
      readonly how: SettledHow;
      readonly decision?: ApprovalDecision | undefined;
      /** The watcher whose answer counts. */
      readonly by?: string | undefined;
    }
  /** What became of an allowed run: started, or refused after all. */
  | {
      readonly event: "outcome";
      readonly id: string;
      readonly started: boolean;
      readonly why?: string | undefined;
    }
  /** A run that would have been asked about, but cannot be approved here. */
  | {
      readonly event: "refused";
      readonly agentId: string | null;
      readonly sessionKey: string | null;
      readonly gateway: string;
      /** Quoted; the beginning where it is long. */
      readonly command: string;
      readonly commandChars: number;
      /** Of the whole text, in hex. */
      readonly commandSha256: string;
      readonly why: string;
    }
  /** An answer that did not count. */
  | { readonly event: "error"; readonly error: string; readonly id?: string | undefined };

/** What a watcher sends. */
export interface WatchAnswer {
  readonly id: string;
  readonly decision: ApprovalDecision;
}

export const watchParamsSchema: z.ZodMiniType<{ readonly name?: string | undefined }> = z.object({
  name: z.optional(z.string().check(z.maxLength(100))),
});

export const watchAnswerSchema: z.ZodMiniType<WatchAnswer> = z.object({
  id: z.string().check(z.maxLength(100)),
  decision: z.enum(["allow-once", "allow-always", "deny"]),
});

const text = z.string();
const nullableText = z.nullable(z.string());
const id = z.string().check(z.maxLength(100));

export const watchEventSchema: z.ZodMiniType<WatchEvent> = z.discriminatedUnion("event", [
  z.object({ event: z.literal("watching"), watcher: text, waiting: z.number() }),
  z.object({
    event: z.literal("prompt"),
    id,
    leftMs: z.number(),
    runId: text,
    agentId: nullableText,
    sessionKey: nullableText,
    gateway: text,
    argv: z.array(text),
    cwd: text,
    starts: z.object({ executable: text, argv: z.array(text) }),
    programs: z.array(z.object({ name: text, path: nullableText })),
    script: z.nullable(z.object({ path: text, sha256: text })),
    env: z.record(text, text),
    why: text,
    always: z.nullable(
      z.object({
        agent: text,
        entries: z.array(
          z.object({
            pattern: text,
            argPattern: z.optional(text),
            contentSha256: z.optional(text),
            launchSha256: z.optional(text),
          }),
        ),
      }),
    ),
    whyNotAlways: nullableText,
  }),
  z.object({
    event: z.literal("settled"),
    id,
    how: z.enum(["answered", "expired", "withdrawn"]),
    decision: z.optional(z.enum(["allow-once", "allow-always", "deny"])),
    by: z.optional(text),
  }),
  z.object({ event: z.literal("outcome"), id, started: z.boolean(), why: z.optional(text) }),
  z.object({
    event: z.literal("refused"),
    agentId: nullableText,
    sessionKey: nullableText,
    gateway: text,
    command: text,
    commandChars: z.number(),
    commandSha256: text,
    why: text,
  }),
  z.object({ event: z.literal("error"), error: text, id: z.optional(id) }),
]);
