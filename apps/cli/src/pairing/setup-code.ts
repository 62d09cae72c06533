import { ConnectionError, endpointFromUrl } from "@openclaw/gateway-connection";
import { parseJsonText, parseWith } from "@openclaw/protocol";
import * as z from "zod/mini";
import { CliError } from "../errors.ts";

/** What a setup code says; the token is a secret that works once. Source: setup codes (16). */
export interface SetupCode {
  /** Where the Gateway is, the preferred address first; `ws://` or `wss://`. */
  readonly urls: readonly string[];
  readonly bootstrapToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs?: number | undefined;
  /** SHA-256 of the Gateway's certificate, 64 lower-case hex digits. */
  readonly tlsFingerprint?: string | undefined;
}

export const PAIRING_LIMITS = {
  /** One code or join URL, as text. */
  codeChars: 32_768,
  /** A file or a standard input that holds one; bytes. */
  inputBytes: 65_536,
  /** Addresses in one code. */
  urls: 8,
  urlChars: 2048,
  tokenChars: 4096,
  /** How long a code without a time of its own is tried; milliseconds. */
  codeLifeMs: 600_000,
  /** Between two looks whether the operator has approved; milliseconds. */
  retryMs: 5_000,
} as const;

const SCHEME = "oc-pair://";
const url = z.string().check(z.minLength(1), z.maxLength(PAIRING_LIMITS.urlChars));

const payloadSchema: z.ZodMiniType<{
  readonly url: string;
  readonly urls?: readonly string[] | undefined;
  readonly bootstrapToken: string;
  readonly expiresAtMs?: number | undefined;
  readonly tlsFingerprint?: string | undefined;
}> = z.object({
  url,
  urls: z.optional(z.array(url).check(z.minLength(1), z.maxLength(PAIRING_LIMITS.urls))),
  bootstrapToken: z
    .string()
    .check(z.maxLength(PAIRING_LIMITS.tokenChars), z.regex(/^[\x21-\x7e]+$/u, "must be printable ASCII")),
  expiresAtMs: z.optional(z.int().check(z.nonnegative())),
  tlsFingerprint: z.optional(z.string().check(z.maxLength(200))),
});

/** Reads a setup code, with or without `oc-pair://`. Throws CliError `bad-pairing-code` or `pairing-code-refused`. */
export function parseSetupCode(text: string, now: number = Date.now()): SetupCode {
  const trimmed = text.trim();
  const code = trimmed.toLowerCase().startsWith(SCHEME) ? trimmed.slice(SCHEME.length) : trimmed;
  if (code === "") throw badCode("it is empty");
  if (code.length > PAIRING_LIMITS.codeChars)
    throw badCode(`it is longer than ${PAIRING_LIMITS.codeChars} characters`);
  if (!/^[A-Za-z0-9_-]+$/u.test(code))
    throw badCode("it holds other characters than letters, digits, - and _; copy all of it, in one piece");
  const bytes = Buffer.from(code, "base64url");
  // The decoder drops bits that belong to no byte: a code that was cut must not pass.
  if (bytes.toString("base64url") !== code) throw badCode("it is cut or mistyped; copy all of it");
  let json: string;
  try {
    json = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw badCode("it is cut or mistyped; copy all of it");
  }
  return readSetupPayload(json, now);
}

/** The same for the JSON inside, which a join URL gives as it is. */
export function readSetupPayload(text: string, now: number = Date.now()): SetupCode {
  const json = parseJsonText(text, "the pairing code");
  if (!json.ok) throw badCode("what it holds is not JSON; copy all of it");
  const parsed = parseWith(payloadSchema, json.value, "payload");
  // The values stay out of the message: one of them is a secret.
  if (!parsed.ok) throw badCode(parsed.error.message.replace(/^payload:?\s*/u, ""));
  const { url: first, urls = [], bootstrapToken, expiresAtMs, tlsFingerprint } = parsed.value;
  const all = [...new Set([first, ...urls])];
  const pin = tlsFingerprint === undefined ? undefined : readPin(tlsFingerprint);
  for (const one of all) checkUrl(one, pin);
  if (expiresAtMs !== undefined && expiresAtMs <= now) {
    throw new CliError("pairing-code-refused", `the pairing code expired at ${timeText(expiresAtMs)}`, [
      "make a new one on the Gateway: openclaw devices join-code",
      "if it is new, compare the clocks of the two machines",
    ]);
  }
  return { urls: all, bootstrapToken, expiresAtMs, tlsFingerprint: pin };
}

function readPin(text: string): string {
  const hex = text
    .trim()
    .toLowerCase()
    .replace(/^sha-?256:/u, "");
  if (/^(?:[0-9a-f]{64}|(?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/u.test(hex)) return hex.replaceAll(":", "");
  throw badCode("its certificate fingerprint is not a SHA-256");
}

/** Only the form: whether such an address may be used is judged with the owner's settings. */
function checkUrl(text: string, pin: string | undefined): void {
  try {
    endpointFromUrl(text, {}, { OPENCLAW_ALLOW_INSECURE_PRIVATE_WS: "1" });
  } catch (error) {
    if (error instanceof ConnectionError && error.code !== "insecure-endpoint")
      throw badCode(`its Gateway address cannot be used: ${error.message}`);
    if (!(error instanceof ConnectionError)) throw error;
  }
  if (pin !== undefined && !/^wss:/iu.test(text.trim()))
    throw badCode("it names a certificate, but an address without TLS");
}

export function badCode(why: string): CliError {
  return new CliError("bad-pairing-code", `the pairing code cannot be read: ${why}`, [
    "give a setup code, an oc-pair:// link or a join URL https://<gateway>/j/<code>",
    "a new one, on the Gateway: openclaw devices join-code",
  ]);
}

function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "an unknown time" : date.toISOString();
}
