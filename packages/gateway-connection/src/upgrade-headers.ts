import { ConnectionError } from "./errors.ts";
import { CONNECTION_LIMITS } from "./limits.ts";
import { shownText } from "./shown-text.ts";

/** One more header of the upgrade request, for whatever stands in front of a Gateway. */
export interface UpgradeHeader {
  readonly name: string;
  readonly value: string;
}

/**
 * Headers that steer the connection itself, that only a browser may send, or that Gateways take for a foreign web page.
 * Source: RFC 9110 section 7.6.1, RFC 6455 section 11.3, protocol section 1.
 */
const OURS =
  /^(?:connection|upgrade|host|origin|content-length|content-type|transfer-encoding|te|trailer|keep-alive|expect|http2-settings|(?:proxy|sec)-.*)$/iu;

/** Throws `bad-header` for a name that cannot or must not be sent. */
export function checkHeaderName(name: string): void {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/u.test(name) || name.length > CONNECTION_LIMITS.headerNameChars)
    throw bad(`\`${shownText(name, 80)}\` is not the name of an HTTP header`);
  if (OURS.test(name)) throw bad(`the header \`${name}\` belongs to the connection itself; leave it out`);
}

/** The headers as an object; throws `bad-header`, which never shows a value. */
export function checkHeaders(headers: readonly UpgradeHeader[]): Readonly<Record<string, string>> {
  if (headers.length > CONNECTION_LIMITS.headers)
    throw bad(`${headers.length} headers are too many; ${CONNECTION_LIMITS.headers} may be given`);
  const names = new Set<string>();
  for (const { name, value } of headers) {
    checkHeaderName(name);
    if (names.has(name.toLowerCase())) throw bad(`the header \`${name}\` is given more than once`);
    names.add(name.toLowerCase());
    if (value.length > CONNECTION_LIMITS.headerValueBytes)
      throw bad(
        `the value for the header \`${name}\` is longer than ${CONNECTION_LIMITS.headerValueBytes} bytes`,
      );
    if (!/^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/u.test(value))
      throw bad(
        `the value for the header \`${name}\` is empty, or has line breaks or characters beyond ASCII`,
      );
  }
  return Object.fromEntries(headers.map(({ name, value }) => [name, value]));
}

function bad(what: string): ConnectionError {
  return new ConnectionError("bad-header", what);
}
