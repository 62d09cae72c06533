import * as z from "zod/mini";
import { boundedName } from "./field-schemas.ts";
import { ProtocolError } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { parseJsonText, parseWith, type Parsed } from "./parse.ts";

export interface RequestFrame {
  readonly type: "req";
  readonly id: string;
  readonly method: string;
  readonly params?: unknown;
}

export interface ErrorShape {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
  readonly retryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
}

export interface ResponseFrame {
  readonly type: "res";
  readonly id: string;
  readonly ok: boolean;
  readonly payload?: unknown;
  readonly error?: ErrorShape | undefined;
}

export interface EventFrame {
  readonly type: "event";
  readonly event: string;
  readonly payload?: unknown;
  readonly seq?: number | undefined;
}

export type Frame = RequestFrame | ResponseFrame | EventFrame;

const name = boundedName(LIMITS.nameChars);

export const requestFrameSchema: z.ZodMiniType<RequestFrame> = z.object({
  type: z.literal("req"),
  id: name,
  method: name,
  params: z.optional(z.unknown()),
});

const errorShapeSchema: z.ZodMiniType<ErrorShape> = z.object({
  code: z.string(),
  message: z.string(),
  details: z.optional(z.unknown()),
  retryable: z.optional(z.boolean()),
  retryAfterMs: z.optional(z.number()),
});

export const responseFrameSchema: z.ZodMiniType<ResponseFrame> = z.object({
  type: z.literal("res"),
  id: name,
  ok: z.boolean(),
  payload: z.optional(z.unknown()),
  error: z.optional(errorShapeSchema),
});

export const eventFrameSchema: z.ZodMiniType<EventFrame> = z.object({
  type: z.literal("event"),
  event: name,
  payload: z.optional(z.unknown()),
  seq: z.optional(z.number()),
});

const SCHEMAS = {
  req: requestFrameSchema,
  res: responseFrameSchema,
  event: eventFrameSchema,
} as const;

/** Text from a socket to a frame: size first, then JSON, then shape. Unknown fields are dropped. */
export function parseFrame(text: string, maxBytes: number = LIMITS.frameBytes): Parsed<Frame> {
  const json = parseJsonText(text, "frame", maxBytes);
  if (!json.ok) return json;
  const type: unknown =
    typeof json.value === "object" && json.value !== null ? Reflect.get(json.value, "type") : undefined;
  if (type !== "req" && type !== "res" && type !== "event") {
    return {
      ok: false,
      error: new ProtocolError("not-a-frame", "frame has no known `type`; expected `req`, `res` or `event`"),
    };
  }
  const schema: z.ZodMiniType<Frame> = SCHEMAS[type];
  return parseWith<Frame>(schema, json.value, `${type} frame`);
}

/** A frame as the one line of text that goes over the socket. */
export function encodeFrame(frame: Frame): string {
  return JSON.stringify(frame);
}
