import {
  ConnectionError,
  endpointFromParts,
  getDocument,
  isLoopback,
  type GatewayEndpoint,
  type GatewayWay,
  type TlsInput,
} from "@openclaw/gateway-connection";
import { CliError } from "../errors.ts";
import { badCode, PAIRING_LIMITS, readSetupPayload, type SetupCode } from "./setup-code.ts";

/** Where a short code can be redeemed, once. */
export interface JoinUrl {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** With the short code in it: a secret. */
  readonly path: string;
}

/** Reads `https://<gateway>/j/<code>`; undefined for what is no web address. Throws `bad-pairing-code`. */
export function parseJoinUrl(text: string): JoinUrl | undefined {
  const trimmed = text.trim();
  if (!/^https?:/iu.test(trimmed)) return undefined;
  const plain = trimmed.length <= PAIRING_LIMITS.urlChars && !/[\s\\\p{Cc}]/u.test(trimmed);
  const url = plain && URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (url === undefined) throw badCode("it is no web address");
  const rest = [url.username, url.password, url.search, url.hash].join("");
  if (rest !== "" || !/\/j\/[A-Za-z0-9_-]{1,128}$/u.test(url.pathname))
    throw badCode("a join URL ends with /j/ and its short code, and nothing else");
  const secure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[(.*)\]$/u, "$1");
  if (!secure && !isLoopback(host))
    throw badCode("a join URL without TLS is taken from this machine only; it must begin with https://");
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  return { host, port, secure, path: url.pathname };
}

/** Turns the join URL into what a setup code says. Asked once: a second look would find nothing. */
export async function redeemJoinUrl(join: JoinUrl, trust: TlsInput, way: GatewayWay): Promise<SetupCode> {
  const endpoint: GatewayEndpoint = endpointFromParts(
    { host: join.host, port: join.port, tls: join.secure, ...(join.secure ? trust : {}) },
    way.env,
  );
  const { status, contentType, text } = await asked(endpoint, join.path, way);
  const at = `the Gateway at ${endpoint.host}:${endpoint.port}`;
  if (status >= 300 && status < 400)
    throw new CliError(
      "pairing-code-refused",
      `${at} sends the join URL somewhere else, which is not followed`,
    );
  if (status === 404)
    throw new CliError(
      "pairing-code-refused",
      `${at} does not know this join URL: it expired or was used already`,
      ["make a new one there: openclaw devices join-code"],
    );
  if (status !== 200 || !/^application\/json\b/iu.test(contentType))
    throw new CliError(
      "pairing-code-refused",
      `${at} answered the join URL with HTTP ${status} and no pairing code`,
    );
  return readSetupPayload(text);
}

async function asked(
  endpoint: GatewayEndpoint,
  path: string,
  way: GatewayWay,
): ReturnType<typeof getDocument> {
  try {
    return await getDocument(endpoint, path, way);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const hints =
      error.code === "tls-failed" ? ["a setup code can name the certificate itself; a join URL cannot"] : [];
    throw new CliError(
      "pairing-code-refused",
      `the join URL could not be redeemed: ${error.message}`,
      hints,
      {
        cause: error,
      },
    );
  }
}
