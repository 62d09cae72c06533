import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { ConnectionError } from "./errors.ts";
import { describeOpenError, type OpenPlace } from "./open-error.ts";
import { checkPins, showTlsPin, type TlsPin } from "./tls-pin.ts";

export interface TlsTrust {
  /** One of these must fit. Without `ca` they replace chain, name and expiry: a self-signed certificate is the usual case. */
  readonly pins?: readonly TlsPin[] | undefined;
  /** PEM. Only these authorities count; undefined means those of the runtime. */
  readonly ca?: readonly string[] | undefined;
}

/**
 * A TLS connection to a server that may be trusted; no byte of ours was sent over it. `through` is what leads there, where
 * that is not the network itself. Rejects with `fingerprint-mismatch`, `unreachable`, `tls-failed`, or the signal's reason.
 */
export async function connectTls(
  endpoint: OpenPlace,
  { pins, ca }: TlsTrust,
  giveUp: AbortSignal,
  through?: Duplex,
): Promise<TLSSocket> {
  // Loading it reads all authorities of the runtime, two megabytes that a process without TLS never needs.
  const { connect } = await import("node:tls");
  return await new Promise<TLSSocket>((resolve, reject) => {
    const socket = connect({
      host: endpoint.host,
      port: endpoint.port,
      ...(through === undefined ? {} : { socket: through }),
      ...(isIP(endpoint.host) === 0 ? { servername: endpoint.host } : {}),
      ...(ca === undefined ? {} : { ca: [...ca] }),
      rejectUnauthorized: pins === undefined || ca !== undefined,
      ALPNProtocols: ["http/1.1"],
    });
    const fail = (error: unknown): void => {
      giveUp.removeEventListener("abort", onGiveUp);
      socket.destroy();
      through?.destroy();
      reject(error);
    };
    const onGiveUp = (): void => fail(giveUp.reason);
    const onError = (cause: Error): void => fail(describeOpenError(endpoint, cause));
    giveUp.addEventListener("abort", onGiveUp, { once: true });
    if (giveUp.aborted) onGiveUp();
    socket.once("error", onError);
    socket.once("secureConnect", () => {
      const verdict =
        pins === undefined ? { ok: true as const } : checkPins(pins, socket.getPeerX509Certificate()?.raw);
      if (!verdict.ok) {
        fail(mismatch(endpoint, pins ?? [], verdict.seen));
        return;
      }
      giveUp.removeEventListener("abort", onGiveUp);
      socket.off("error", onError);
      resolve(socket);
    });
  });
}

function mismatch({ host, port }: OpenPlace, pins: readonly TlsPin[], seen: string): ConnectionError {
  return new ConnectionError(
    "fingerprint-mismatch",
    `gateway tls fingerprint mismatch: expected ${pins.map(showTlsPin).join(" or ")}, the server at ${host}:${port} has ${seen}; nothing was sent`,
  );
}
