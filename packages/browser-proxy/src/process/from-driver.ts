import * as z from "zod/mini";

import { browserProxyLimits } from "../limits.ts";
import type { FromDriver } from "./driver-messages.ts";

const { driverAnswerChars, driverSentenceChars, profileChars, driverBrowsers, urlChars } = browserProxyLimits;
const id = z.int().check(z.minimum(1));
const sentence = z.string().check(z.maxLength(driverSentenceChars));
const nullableNumber = z.nullable(z.number());

const answerSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), payloadJSON: z.string().check(z.maxLength(driverAnswerChars)) }),
  z.object({
    ok: z.literal(false),
    code: z.string().check(z.maxLength(64)),
    message: z.string().check(z.maxLength(driverAnswerChars)),
  }),
]);

/** What the host takes from a driver. Its pages are hostile, so what it says is checked like what a stranger says. */
export const fromDriverSchema: z.ZodMiniType<FromDriver> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("answer"),
    id,
    answer: answerSchema,
    end: z.object({
      how: z.enum(["answered", "refused", "timed-out"]),
      status: z.int(),
      origin: z.optional(z.string().check(z.maxLength(urlChars))),
    }),
  }),
  z.object({
    type: z.literal("state"),
    idle: z.boolean(),
    browsers: z
      .array(
        z.object({
          profile: z.string().check(z.maxLength(profileChars)),
          pid: nullableNumber,
          tabs: z.number(),
          sinceMs: nullableNumber,
        }),
      )
      .check(z.maxLength(driverBrowsers)),
  }),
  z.object({ type: z.literal("log"), level: z.enum(["info", "warn"]), sentence }),
]);
