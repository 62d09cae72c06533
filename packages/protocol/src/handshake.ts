import * as z from "zod/mini";
import { boundedName, boundedText, orAbsent, wholeNumber } from "./field-schemas.ts";
import { LIMITS } from "./limits.ts";
import type { ClientId, ClientMode, Role } from "./roles.ts";
import { PROTOCOL_MAX, PROTOCOL_MIN } from "./version.ts";

/** Payload of the event `connect.challenge`; `ts` is milliseconds since the epoch. */
export interface ConnectChallenge {
  readonly nonce: string;
  readonly ts: number;
}

export const connectChallengeSchema: z.ZodMiniType<ConnectChallenge> = z.object({
  nonce: boundedName(LIMITS.nameChars),
  ts: wholeNumber,
});

export interface ConnectClient {
  readonly id: ClientId;
  readonly mode: ClientMode;
  readonly version: string;
  readonly platform: string;
  readonly displayName?: string | undefined;
  readonly deviceFamily?: string | undefined;
  readonly modelIdentifier?: string | undefined;
  readonly instanceId?: string | undefined;
}

export interface ConnectAuth {
  readonly token?: string | undefined;
  readonly password?: string | undefined;
  readonly deviceToken?: string | undefined;
  readonly bootstrapToken?: string | undefined;
}

export interface ConnectDevice {
  readonly id: string;
  readonly publicKey: string;
  readonly signature: string;
  readonly signedAt: number;
  readonly nonce: string;
}

/** Params of the request `connect`. Every object is closed. Source: protocol section 2.1. */
export interface ConnectParams {
  readonly minProtocol: number;
  readonly maxProtocol: number;
  readonly client: ConnectClient;
  readonly role?: Role | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly caps?: readonly string[] | undefined;
  readonly commands?: readonly string[] | undefined;
  readonly permissions?: Readonly<Record<string, boolean>> | undefined;
  readonly pathEnv?: string | undefined;
  readonly auth?: ConnectAuth | undefined;
  readonly device?: ConnectDevice | undefined;
  readonly locale?: string | undefined;
  readonly userAgent?: string | undefined;
}

export interface HelloAuth {
  readonly role?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly deviceToken?: string | undefined;
}

export interface HelloPolicy {
  /** Bytes of one frame. */
  readonly maxPayload: number;
  /** Bytes that may be on their way at once. */
  readonly maxBufferedBytes?: number | undefined;
  readonly tickIntervalMs: number;
}

/** The parts of `hello-ok` that we use; the rest (snapshot, surfaces) is dropped. Source: protocol section 2.5. */
export interface HelloOk {
  readonly type: "hello-ok";
  readonly protocol: number;
  readonly server: { readonly version: string; readonly connId: string };
  readonly features: { readonly methods: readonly string[]; readonly events: readonly string[] };
  readonly auth?: HelloAuth | undefined;
  readonly policy: HelloPolicy;
}

/** What a Gateway announces is kept inside what we can work with. */
function clamped(schema: z.ZodMiniType<number>, low: number, high: number): z.ZodMiniType<number> {
  return z.pipe(
    schema,
    z.transform((value: number) => Math.min(high, Math.max(low, value))),
  );
}

export const helloOkSchema: z.ZodMiniType<HelloOk> = z.object({
  type: z.literal("hello-ok"),
  protocol: z.int(),
  server: z.object({
    version: boundedText(LIMITS.nameChars),
    connId: boundedText(LIMITS.nameChars),
  }),
  features: z.object({ methods: z.array(z.string()), events: z.array(z.string()) }),
  auth: orAbsent<HelloAuth>(
    z.object({
      role: z.optional(z.string()),
      scopes: z.optional(z.array(z.string())),
      deviceToken: z.optional(boundedName(4096)),
    }),
  ),
  policy: z.object({
    maxPayload: clamped(z.int().check(z.positive()), 16_384, LIMITS.frameBytes),
    maxBufferedBytes: orAbsent<number>(clamped(z.int().check(z.positive()), 16_384, Number.MAX_SAFE_INTEGER)),
    tickIntervalMs: clamped(z.number().check(z.positive()), 100, 600_000),
  }),
});

/** The range that we send: `3..4` is accepted by every Gateway of 2026. Source: protocol section 0. */
export const PROTOCOL_RANGE: { readonly minProtocol: number; readonly maxProtocol: number } = {
  minProtocol: PROTOCOL_MIN,
  maxProtocol: PROTOCOL_MAX,
};
