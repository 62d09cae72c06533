import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { connectTls, type TlsTrust } from "./connect-tls.ts";
import { ConnectionError } from "./errors.ts";
import type { OpenPlace } from "./open-error.ts";

/**
 * The same as `connectTls`; where nothing else was said and only the authority is unknown, once more with those of the
 * system. Most Gateways have a pin or a public certificate: the system's authorities are read only for the others.
 */
export async function connectTrusted(
  endpoint: OpenPlace,
  trust: TlsTrust,
  giveUp: AbortSignal,
  env: Readonly<Record<string, string | undefined>>,
  through?: () => Promise<Duplex>,
): Promise<TLSSocket> {
  try {
    return await connectTls(endpoint, trust, giveUp, await through?.());
  } catch (error) {
    if (trust.pins !== undefined || trust.ca !== undefined || !(error instanceof ConnectionError))
      throw error;
    const { isUnknownAuthority, systemAuthorities } = await import("./system-authorities.ts");
    if (!isUnknownAuthority(error.details.system)) throw error;
    const ca = await systemAuthorities(env);
    if (ca.length === 0) throw error;
    return await connectTls(endpoint, { ca }, giveUp, await through?.());
  }
}
