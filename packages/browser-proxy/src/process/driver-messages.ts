import * as z from "zod/mini";

import type { BrowserEra } from "../answer/route-outcome.ts";
import type { BrowserProxyCommand } from "../browser-call.ts";
import type { ManagedBrowserConfig } from "../driver/managed-browsers.ts";
import { browserProxyLimits } from "../limits.ts";

/** What the driver process is told once, before anything else. */
export interface DriverSetup {
  readonly stateDir: string;
  readonly config: ManagedBrowserConfig;
}

/** One call that the host has admitted. The driver reads the params again: maps do not go through a channel. */
export interface DriverCall {
  readonly command: BrowserProxyCommand;
  readonly paramsJSON: string;
  readonly era: BrowserEra;
  /** Bytes that the answer may take inside of a frame. */
  readonly maxPayloadBytes: number;
  /** Asked by the owner of this machine, for whom the list of allowed browser profiles does not count. */
  readonly owner?: boolean | undefined;
}

/** How a call ended, for the audit: never content, and of an address only the origin. */
export interface DriverCallEnd {
  readonly how: "answered" | "refused" | "timed-out";
  /** As in HTTP. */
  readonly status: number;
  /** Of the page, where the answer names one. */
  readonly origin?: string | undefined;
}

/** `payloadJSON` is the text as it goes into the frame: the host does not read it. */
export type DriverAnswer =
  | { readonly ok: true; readonly payloadJSON: string }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** A browser that runs, as its owner sees it. */
export interface RunningBrowser {
  readonly profile: string;
  readonly pid: number | null;
  readonly tabs: number;
  /** Milliseconds since 1970. */
  readonly sinceMs: number | null;
}

export type ToDriver =
  | { readonly type: "setup"; readonly setup: DriverSetup }
  | { readonly type: "call"; readonly id: number; readonly call: DriverCall }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "close" };

export type FromDriver =
  | {
      readonly type: "answer";
      readonly id: number;
      readonly answer: DriverAnswer;
      readonly end: DriverCallEnd;
    }
  | {
      readonly type: "state";
      /** No browser runs or starts, and no call is being answered. */
      readonly idle: boolean;
      readonly browsers: readonly RunningBrowser[];
    }
  | { readonly type: "log"; readonly level: "info" | "warn"; readonly sentence: string };

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

/** What the driver takes from its host, which has checked the calls. Only the frame is checked; undefined for anything else. */
export function readToDriver(message: unknown): ToDriver | undefined {
  const read = toDriverSchema.safeParse(message);
  return read.success ? read.data : undefined;
}

const toDriverSchema: z.ZodMiniType<ToDriver> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("setup"),
    setup: z.object({
      stateDir: z.string(),
      config: z.custom<ManagedBrowserConfig>((value) => typeof value === "object" && value !== null),
    }),
  }),
  z.object({
    type: z.literal("call"),
    id,
    call: z.object({
      command: z.enum(["browser.proxy", "browser.proxy.upload.v1"]),
      paramsJSON: z.string(),
      era: z.enum(["2026.2", "2026.9"]),
      maxPayloadBytes: z.number(),
      owner: z.optional(z.boolean()),
    }),
  }),
  z.object({ type: z.literal("cancel"), id }),
  z.object({ type: z.literal("close") }),
]);
