import * as z from "zod/mini";
import { boundedName, boundedText, orAbsent } from "./field-schemas.ts";
import { LIMITS } from "./limits.ts";

/** Payload of the event `node.invoke.request`. Source: protocol section 4.2. */
export interface InvokeRequest {
  readonly id: string;
  readonly nodeId: string;
  readonly command: string;
  /** JSON text; undefined when the caller gave no params. */
  readonly paramsJSON?: string | undefined;
  /** Milliseconds; undefined on calls for which the Gateway waits its default. */
  readonly timeoutMs?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  /** The session that asked; the newest Gateways may name it. */
  readonly sessionKey?: string | undefined;
}

const name = boundedName(LIMITS.nameChars);

const rawInvokeSchema = z.object({
  id: name,
  nodeId: name,
  command: name,
  paramsJSON: orAbsent(z.string()),
  params: z.optional(z.unknown()),
  timeoutMs: orAbsent(z.number().check(z.nonnegative())),
  idempotencyKey: orAbsent(boundedText(LIMITS.nameChars)),
  // Only for the record: one that cannot be read is no reason to refuse a call.
  sessionKey: z.optional(z.unknown()),
});

/** Some hosts accept an object in `params` instead of the text; so do we. */
export const invokeRequestSchema: z.ZodMiniType<InvokeRequest> = z.pipe(
  rawInvokeSchema,
  z.transform(({ params, sessionKey, ...raw }: z.infer<typeof rawInvokeSchema>) => ({
    ...raw,
    ...(typeof sessionKey === "string" && sessionKey.length <= LIMITS.nameChars ? { sessionKey } : {}),
    paramsJSON:
      raw.paramsJSON ?? (params === undefined || params === null ? undefined : JSON.stringify(params)),
  })),
);

/** Payload of the event `node.invoke.cancel`: the key is `invokeId`. Source: protocol section 4.2. */
export interface InvokeCancel {
  readonly invokeId: string;
}

export const invokeCancelSchema: z.ZodMiniType<InvokeCancel> = z.object({ invokeId: name });

export interface InvokeError {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** Params of the request `node.invoke.result`; closed. `nodeId` is the device id. Source: protocol section 4.3. */
export interface InvokeResultParams {
  readonly id: string;
  readonly nodeId: string;
  readonly ok: boolean;
  readonly payloadJSON?: string | null | undefined;
  readonly payload?: unknown;
  readonly error?: InvokeError | null | undefined;
}

export const invokeResultParamsSchema: z.ZodMiniType<InvokeResultParams> = z.strictObject({
  id: name,
  nodeId: name,
  ok: z.boolean(),
  payloadJSON: z.nullish(z.string()),
  payload: z.optional(z.unknown()),
  error: z.nullish(z.strictObject({ code: z.optional(z.string()), message: z.optional(z.string()) })),
});

/** Payload of the event `node.pair.resolved`, which the newest Gateways send to the node as well. */
export interface PairResolved {
  readonly requestId: string;
  readonly nodeId: string;
  readonly decision: string;
}

export const pairResolvedSchema: z.ZodMiniType<PairResolved> = z.object({
  requestId: z.string(),
  nodeId: z.string(),
  decision: z.string(),
});

/** Payload of the event `shutdown`. Source: protocol section 3.2. */
export interface ShutdownNotice {
  readonly reason?: string | undefined;
  readonly restartExpectedMs?: number | undefined;
}

export const shutdownNoticeSchema: z.ZodMiniType<ShutdownNotice> = z.object({
  reason: orAbsent(z.string()),
  restartExpectedMs: orAbsent(z.number()),
});
