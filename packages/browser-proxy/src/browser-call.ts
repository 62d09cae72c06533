import * as z from "zod/mini";

import { BrowserProxyError } from "./errors.ts";
import type { BrowserProxyErrorCode } from "./errors.ts";
import { browserProxyLimits } from "./limits.ts";
import { routeSegments } from "./route-path.ts";
import { readSentFiles } from "./sent-files.ts";
import type { SentFile } from "./sent-files.ts";

export type BrowserMethod = "GET" | "POST" | "DELETE";
/** The second brings files for a page along, and is called by the newest Gateways only (browser proxy section 2). */
export type BrowserProxyCommand = "browser.proxy" | "browser.proxy.upload.v1";

/** One `browser.proxy` call, read once. Nothing looks at the params again. */
export interface BrowserCall {
  readonly method: BrowserMethod;
  /** Decoded parts of the path; empty for `/`. Undefined for a path that is no route whatever the table holds. */
  readonly segments: readonly string[] | undefined;
  /** Values as text, without `profile`. */
  readonly query: ReadonlyMap<string, string>;
  /** Any JSON value, or undefined. Its own `profile`, if any, is the one below. */
  readonly body: unknown;
  /** The browser profile that is asked for; undefined means the node's default one. */
  readonly profile: string | undefined;
  /** In milliseconds, within the limits. */
  readonly timeoutMs: number;
  /** Whether the Gateway takes route failures as a structured result (`errorEnvelope: "browser-v1"`). */
  readonly errorEnvelope: boolean;
  /** The files that the Gateway sent along; they stand for the `paths` of the body. */
  readonly sentFiles?: readonly SentFile[];
}

export type ParsedBrowserCall =
  | { readonly ok: true; readonly call: BrowserCall }
  | { readonly ok: false; readonly error: BrowserProxyError };

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Params on the wire (browser proxy section 3). `path` and `method` are read before, because they come first in the order of checks. */
const paramsSchema = z.object({
  query: z.nullish(z.record(z.string(), z.nullish(scalar))),
  body: z.optional(z.unknown()),
  timeoutMs: z.nullish(z.number()),
  profile: z.nullish(z.string()),
  errorEnvelope: z.optional(z.unknown()),
});
const pathSchema = z.object({ path: z.string() });
const methodSchema = z.object({ method: z.nullish(z.string()) });

/**
 * Reads the params in the order of browser proxy section 3: params, path, method, the rest. A refusal is a result with
 * one of `params-required`, `path-required`, `bad-method`, `bad-params`, `too-large`, `bad-upload`.
 */
export function parseBrowserCall(
  params: unknown,
  command: BrowserProxyCommand = "browser.proxy",
): ParsedBrowserCall {
  if (params === undefined || params === null) return refused("params-required", "the call has no params");
  if (typeof params !== "object" || Array.isArray(params))
    return refused("bad-params", "the params must be an object", "params");
  const path = pathSchema.safeParse(params).data?.path.trim() ?? "";
  if (path === "") return refused("path-required", "the call names no path", "path");
  const method = readMethod(params);
  if (method === undefined) return refused("bad-method", "the method must be GET, POST, or DELETE", "method");
  const read = paramsSchema.safeParse(params);
  if (!read.success) {
    const field = read.error.issues[0]?.path.map(String).join(".") ?? "params";
    return refused("bad-params", `the field ${field.replace(/[^\w.-]/g, "?")} has a wrong type`, field);
  }
  const { body, timeoutMs, errorEnvelope } = read.data;
  const query = textValues(read.data.query ?? {});
  const profiles = namedProfiles([query.get("profile"), profileIn(body), read.data.profile]);
  if (profiles === undefined)
    return refused("bad-params", "the field body.profile must be text", "body.profile");
  if (profiles.length > 1)
    return refused("bad-params", "the call names two different browser profiles; name one", "profile");
  query.delete("profile");
  const [profile] = profiles;
  const long = tooLarge(path, query, profile);
  if (long !== undefined) return refused("too-large", `the ${long} is over its limit; shorten it`, long);
  const segments = routeSegments(path);
  const sent = readSentFiles({ command, params, method, segments, body });
  if (!sent.ok) return refused("bad-upload", sent.problem, "upload");
  const call: BrowserCall = {
    method,
    segments,
    query,
    body,
    profile,
    timeoutMs: boundedTimeout(timeoutMs ?? browserProxyLimits.callTimeoutMs),
    errorEnvelope: errorEnvelope === "browser-v1",
    ...(sent.files === undefined ? {} : { sentFiles: sent.files }),
  };
  return { ok: true, call };
}

/** Absent values are dropped, the others become text. */
function textValues(
  query: Readonly<Record<string, z.infer<typeof scalar> | null | undefined>>,
): Map<string, string> {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return new Map(given.map(([key, value]) => [key, String(value)]));
}

function profileIn(body: unknown): unknown {
  const named = typeof body === "object" && body !== null && Object.hasOwn(body, "profile");
  return named ? Reflect.get(body, "profile") : undefined;
}

/** Without blanks and repetitions. Undefined when something that is no text stands for a name. */
function namedProfiles(given: readonly unknown[]): readonly string[] | undefined {
  const names = given.filter((name) => name !== null && name !== undefined);
  const texts = names.filter((name) => typeof name === "string");
  if (texts.length !== names.length) return undefined;
  return [...new Set(texts.map((name) => name.trim()).filter((name) => name !== ""))];
}

/** The name of the field that is over its limit. */
function tooLarge(
  path: string,
  query: ReadonlyMap<string, string>,
  profile: string | undefined,
): string | undefined {
  const limits = browserProxyLimits;
  if (path.length > limits.pathChars) return "path";
  if (profile !== undefined && profile.length > limits.profileChars) return "profile";
  const long = [...query.values()].some((value) => value.length > limits.queryValueChars);
  return long || query.size > limits.queryEntries ? "query" : undefined;
}

function readMethod(params: object): BrowserMethod | undefined {
  const read = methodSchema.safeParse(params);
  if (!read.success) return undefined;
  const method = (read.data.method ?? "GET").trim().toUpperCase();
  if (method === "") return "GET";
  return method === "GET" || method === "POST" || method === "DELETE" ? method : undefined;
}

function boundedTimeout(asked: number): number {
  return Math.min(Math.max(Math.floor(asked), 1), browserProxyLimits.maxCallTimeoutMs);
}

function refused(code: BrowserProxyErrorCode, message: string, field?: string): ParsedBrowserCall {
  return { ok: false, error: new BrowserProxyError(code, message, field === undefined ? {} : { field }) };
}
