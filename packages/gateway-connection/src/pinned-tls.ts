import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { GatewayEndpoint } from "./endpoint.ts";
import { ConnectionError } from "./errors.ts";
import { formatFingerprint } from "./fingerprint.ts";
import { describeOpenError } from "./open-error.ts";

/**
 * A TLS connection to a server whose leaf certificate has the pinned fingerprint; no byte of ours was
 * sent over it. Rejects with `fingerprint-mismatch`, `unreachable`, `tls-failed`, or the signal's reason.
 */
export async function connectPinned(
  endpoint: GatewayEndpoint,
  pin: string,
  giveUp: AbortSignal,
): Promise<TLSSocket> {
  return await new Promise<TLSSocket>((resolve, reject) => {
    const socket = connect({
      host: endpoint.host,
      port: endpoint.port,
      ...(isIP(endpoint.host) === 0 ? { servername: endpoint.host } : {}),
      // The pin replaces the chain: a self-signed certificate is the usual case.
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    });
    const fail = (error: unknown): void => {
      giveUp.removeEventListener("abort", onGiveUp);
      socket.destroy();
      reject(error);
    };
    const onGiveUp = (): void => fail(giveUp.reason);
    const onError = (cause: Error): void => fail(describeOpenError(endpoint, cause));
    giveUp.addEventListener("abort", onGiveUp, { once: true });
    socket.once("error", onError);
    socket.once("secureConnect", () => {
      const raw = socket.getPeerX509Certificate()?.raw;
      const seen = raw === undefined ? "" : createHash("sha256").update(raw).digest("hex");
      if (seen !== pin) {
        fail(
          new ConnectionError(
            "fingerprint-mismatch",
            `gateway tls fingerprint mismatch: expected ${formatFingerprint(pin)}, the server at ${endpoint.host}:${endpoint.port} has ${formatFingerprint(seen) || "no certificate"}; nothing was sent`,
          ),
        );
        return;
      }
      giveUp.removeEventListener("abort", onGiveUp);
      socket.off("error", onError);
      resolve(socket);
    });
  });
}
