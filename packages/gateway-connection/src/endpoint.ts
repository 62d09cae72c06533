import { isIP } from "node:net";
import { ConnectionError } from "./errors.ts";
import { CONNECTION_LIMITS } from "./limits.ts";
import { plaintextWarning } from "./plaintext.ts";
import { shownText } from "./shown-text.ts";
import { formatTlsPin, parseTlsPins, type TlsPin } from "./tls-pin.ts";

/** Where a Gateway is and how to be sure that it is the right one. */
export interface GatewayEndpoint {
  /** `ws://` or `wss://`, with an explicit port and without credentials. */
  readonly url: string;
  /** As URLs write it: lower case, IPv6 shortened and without brackets, other numbers as IPv4. */
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** What the server's certificate must be; one of them, never an empty list. */
  readonly tlsPins?: readonly TlsPin[];
  /** The one file whose certificate authorities count. */
  readonly tlsCaFile?: string;
  /** One sentence for the owner, when the link is allowed but not private. */
  readonly warning?: string;
}

/** Who is the right server. */
export interface TlsInput {
  /** One pin, or several with commas between. */
  readonly tlsFingerprint?: string | undefined;
  /** All pins, where one fingerprint does not say it; one that `tlsFingerprint` is missing from is out of date. */
  readonly tlsPins?: readonly string[] | undefined;
  /** An absolute path. */
  readonly tlsCa?: string | undefined;
}

export interface EndpointInput extends TlsInput {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly contextPath?: string | undefined;
}

export const DEFAULT_GATEWAY_PORT = 18_789;

/** Builds an endpoint from options; throws `bad-endpoint`, `bad-fingerprint` or `insecure-endpoint`. */
export function endpointFromParts(
  input: EndpointInput,
  env: Readonly<Record<string, string | undefined>> = {},
): GatewayEndpoint {
  const host = canonicalHost(input.host);
  if (!Number.isInteger(input.port) || input.port < 1 || input.port > 65_535) {
    throw new ConnectionError(
      "bad-endpoint",
      `\`${input.port}\` is not a port; use a number from 1 to 65535`,
    );
  }
  // A pin alone implies TLS, as on the newest official host. Source: protocol section 7.
  const pins = pinsOfInput(input);
  const secure = input.tls || pins !== undefined || input.tlsCa !== undefined;
  const shownHost = isIP(host) === 6 ? `[${host}]` : host;
  const url = `${secure ? "wss" : "ws"}://${shownHost}:${input.port}${normalizePath(input.contextPath)}`;
  const warning = secure ? undefined : plaintextWarning(host, env);
  return {
    url,
    host,
    port: input.port,
    secure,
    ...(pins === undefined ? {} : { tlsPins: pins }),
    ...(input.tlsCa === undefined ? {} : { tlsCaFile: input.tlsCa }),
    ...(warning === undefined ? {} : { warning }),
  };
}

/**
 * The pins that count. A program of another release may have changed the fingerprint alone: then the list beside it
 * is not about this server any more.
 */
function pinsOfInput({ tlsFingerprint, tlsPins }: TlsInput): readonly TlsPin[] | undefined {
  const named = tlsFingerprint === undefined ? undefined : parseTlsPins(tlsFingerprint);
  const all = tlsPins === undefined || tlsPins.length === 0 ? undefined : parseTlsPins(tlsPins);
  if (named === undefined || all === undefined) return named ?? all;
  const known = new Set(all.map(formatTlsPin));
  return named.every((pin) => known.has(formatTlsPin(pin))) ? all : named;
}

/** Builds an endpoint from a `ws://` or `wss://` URL; a text as second argument is a fingerprint. */
export function endpointFromUrl(
  text: string,
  tls: string | TlsInput = {},
  env: Readonly<Record<string, string | undefined>> = {},
): GatewayEndpoint {
  const url = parseGatewayUrl(text.trim());
  if (url.username !== "" || url.password !== "") throw credentialsInAddress();
  refuseQuery(text);
  const secure = url.protocol === "wss:";
  const trust = typeof tls === "string" ? { tlsFingerprint: tls } : tls;
  if (!secure && pinsOfInput(trust) !== undefined) {
    throw new ConnectionError("bad-endpoint", "gateway tls fingerprint requires wss:// gateway url");
  }
  if (!secure && trust.tlsCa !== undefined) {
    throw new ConnectionError("bad-endpoint", "a CA file requires a wss:// Gateway url");
  }
  return endpointFromParts(
    {
      host: url.hostname,
      port: portOf(url, text.trim()) ?? (secure ? 443 : DEFAULT_GATEWAY_PORT),
      tls: secure,
      ...trust,
      contextPath: url.pathname,
    },
    env,
  );
}

/** Does not repeat the address: it would show them once more. */
function credentialsInAddress(): ConnectionError {
  return new ConnectionError(
    "bad-endpoint",
    "the Gateway url must not hold a user name or password; use OPENCLAW_GATEWAY_TOKEN or OPENCLAW_GATEWAY_PASSWORD",
  );
}

/** A Gateway needs none, and every message, log and proxy shows them: all are refused, without repeating them. */
function refuseQuery(text: string): void {
  if (!/[?#]/u.test(text)) return;
  throw new ConnectionError(
    "bad-endpoint",
    "a Gateway url or context path has no query and no fragment; use OPENCLAW_GATEWAY_TOKEN, or --header from a variable or file",
  );
}

function parseGatewayUrl(text: string): URL {
  // The URL parser drops line breaks and tabs in silence; whoever wrote them meant something else.
  const url = /[\s\p{Cc}]/u.test(text) || !URL.canParse(text) ? undefined : new URL(text);
  if (url === undefined || (url.protocol !== "ws:" && url.protocol !== "wss:") || url.hostname === "") {
    throw new ConnectionError(
      "bad-endpoint",
      "the Gateway url must look like ws://host:port or wss://host:port",
    );
  }
  return url;
}

/** The port as written: a URL hides the one that is usual for its scheme, so the other scheme is asked too. */
function portOf(url: URL, text: string): number | undefined {
  const other = new URL(text.replace(/^wss?:/iu, url.protocol === "wss:" ? "ws:" : "wss:"));
  const port = url.port === "" ? other.port : url.port;
  return port === "" ? undefined : Number(port);
}

/** What a URL makes of a host, so that all later steps judge and use the same one. */
function canonicalHost(text: string): string {
  const bare = text.trim().replace(/^\[(.*:.*)\]$/u, "$1");
  const written = `ws://${bare.includes(":") ? `[${bare}]` : bare}`;
  const plain =
    bare !== "" && bare.length <= CONNECTION_LIMITS.hostChars && !/[\s/@?#\\%[\]\p{Cc}]/u.test(bare);
  const host = plain && URL.canParse(written) ? new URL(written).hostname : "";
  if (host === "") {
    refuseQuery(bare);
    if (bare.includes("@")) throw credentialsInAddress();
    throw new ConnectionError(
      "bad-endpoint",
      `\`${shownText(text, 100)}\` is not a host name or an IP address; give it without scheme and path, and the port with --port`,
    );
  }
  return host.replace(/^\[(.*)\]$/u, "$1");
}

function normalizePath(path: string | undefined): string {
  const trimmed = (path ?? "").trim().replace(/\/+$/u, "");
  if (trimmed === "") return "";
  refuseQuery(trimmed);
  if (/[\s\\\p{Cc}]/u.test(trimmed) || trimmed.length > CONNECTION_LIMITS.contextPathChars) {
    throw new ConnectionError(
      "bad-endpoint",
      `context path \`${shownText(trimmed, 80)}\` must be a plain url path such as /gateway`,
    );
  }
  return trimmed.startsWith("/") ? trimmed : `/${trimmed}`;
}
