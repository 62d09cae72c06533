import { BrowserProxyError } from "./errors.ts";
import type { BrowserProxyErrorCode } from "./errors.ts";
import { browserProxyLimits } from "./limits.ts";
import { memberOf } from "./member-of.ts";
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
  const given = memberOf(params, "path");
  const path = typeof given === "string" ? given.trim() : "";
  if (path === "") return refused("path-required", "the call names no path", "path");
  const method = readMethod(params);
  if (method === undefined) return refused("bad-method", "the method must be GET, POST, or DELETE", "method");
  const read = readFields(params);
  if (typeof read === "string")
    return refused("bad-params", `the field ${read.replace(/[^\w.-]/g, "?")} has a wrong type`, read);
  const { query, timeoutMs } = read;
  const body = memberOf(params, "body");
  const profiles = namedProfiles([query.get("profile"), memberOf(body, "profile"), read.profile]);
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
    errorEnvelope: memberOf(params, "errorEnvelope") === "browser-v1",
    ...(sent.files === undefined ? {} : { sentFiles: sent.files }),
  };
  return { ok: true, call };
}

interface Fields {
  readonly query: Map<string, string>;
  readonly timeoutMs: number | undefined;
  readonly profile: string | undefined;
}

/**
 * The fields with a type of their own (browser proxy section 3), or the name of the first that has another one. An absent
 * value is like null; a finite number or a boolean of the query becomes text.
 */
function readFields(params: object): Fields | string {
  const given = memberOf(params, "query") ?? {};
  if (typeof given !== "object" || Array.isArray(given)) return "query";
  const query = new Map<string, string>();
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    if (value === null || value === undefined) continue;
    if (!isScalar(value)) return `query.${key.slice(0, 100)}`;
    query.set(key, String(value));
  }
  const timeoutMs = memberOf(params, "timeoutMs") ?? undefined;
  if (timeoutMs !== undefined && (typeof timeoutMs !== "number" || !Number.isFinite(timeoutMs)))
    return "timeoutMs";
  const profile = memberOf(params, "profile") ?? undefined;
  if (profile !== undefined && typeof profile !== "string") return "profile";
  return { query, timeoutMs, profile };
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
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
  const given = memberOf(params, "method") ?? "GET";
  if (typeof given !== "string") return undefined;
  const method = given.trim().toUpperCase();
  if (method === "") return "GET";
  return method === "GET" || method === "POST" || method === "DELETE" ? method : undefined;
}

function boundedTimeout(asked: number): number {
  return Math.min(Math.max(Math.floor(asked), 1), browserProxyLimits.maxCallTimeoutMs);
}

function refused(code: BrowserProxyErrorCode, message: string, field?: string): ParsedBrowserCall {
  return { ok: false, error: new BrowserProxyError(code, message, field === undefined ? {} : { field }) };
}
