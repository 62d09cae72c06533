import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { TLSSocket } from "node:tls";
import { CONNECTION_LIMITS, type ConnectionLimits } from "./limits.ts";
import { describeOpenError, timedOut, type OpenPlace } from "./open-error.ts";
import { tunnelFor } from "./open-stream.ts";
import { isUnknownAuthority, systemAuthorities } from "./system-authorities.ts";
import { pinsOf, type TlsPin } from "./tls-pin.ts";

/** One certificate as a server shows it. All texts are the server's own. */
export interface CertificateFacts {
  /** `CN=…, O=…` */
  readonly subject: string;
  readonly issuer: string;
  /** As the certificate writes them: `DNS:gw.example`, `IP Address:10.0.0.5`. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly certificatePin: TlsPin;
  readonly publicKeyPin: TlsPin;
}

/** What a server offers, and what this machine makes of it. */
export interface TlsReport {
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  /** The leaf first; at most `certificates` of the limits. */
  readonly chain: readonly CertificateFacts[];
  /** Whose authorities vouch for the chain, for this host name. */
  readonly trust: "runtime" | "system" | "file" | "none";
  /** Why nobody does, as TLS libraries name it. */
  readonly problem?: string;
}

export interface InspectOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** PEM: only these authorities. */
  readonly ca?: readonly string[] | undefined;
  readonly limits?: Pick<ConnectionLimits, "openMs">;
}

/**
 * Looks at a server's certificates, trusted or not, through the environment's proxy if it names one. Ends after the TLS
 * handshake: not a byte of application data is sent. Throws ConnectionError.
 */
export async function inspectTls(place: OpenPlace, options: InspectOptions = {}): Promise<TlsReport> {
  const { env = process.env, ca, limits = CONNECTION_LIMITS } = options;
  const giveUp = new AbortController();
  const deadline = setTimeout(() => giveUp.abort(timedOut(place)), limits.openMs);
  try {
    const { signal } = giveUp;
    const first = await look(place, ca, signal, env);
    if (ca !== undefined) return { ...first, trust: first.problem === undefined ? "file" : "none" };
    if (first.problem === undefined) return { ...first, trust: "runtime" };
    const system = isUnknownAuthority(first.problem) ? await systemAuthorities(env) : [];
    if (system.length === 0) return { ...first, trust: "none" };
    const second = await look(place, system, signal, env);
    return { ...second, trust: second.problem === undefined ? "system" : "none" };
  } finally {
    clearTimeout(deadline);
  }
}

async function look(
  place: OpenPlace,
  ca: readonly string[] | undefined,
  giveUp: AbortSignal,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Omit<TlsReport, "trust">> {
  const through = await (await tunnelFor(place, giveUp, env))?.();
  const { connect } = await import("node:tls");
  return await new Promise((resolve, reject) => {
    const socket = connect({
      host: place.host,
      port: place.port,
      ...(through === undefined ? {} : { socket: through }),
      ...(isIP(place.host) === 0 ? { servername: place.host } : {}),
      ...(ca === undefined ? {} : { ca: [...ca] }),
      // Looked at, never used.
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    });
    const end = (settle: () => void): void => {
      giveUp.removeEventListener("abort", onGiveUp);
      socket.destroy();
      through?.destroy();
      settle();
    };
    const onGiveUp = (): void => end(() => reject(giveUp.reason));
    giveUp.addEventListener("abort", onGiveUp, { once: true });
    socket.once("error", (cause) => end(() => reject(describeOpenError(place, cause))));
    socket.once("secureConnect", () => {
      try {
        const facts = factsOf(socket);
        end(() => resolve(facts));
      } catch (error) {
        end(() =>
          reject(describeOpenError(place, error instanceof Error ? error : new Error(String(error)))),
        );
      }
    });
    if (giveUp.aborted) onGiveUp();
  });
}

function factsOf(socket: TLSSocket): Omit<TlsReport, "trust"> {
  // A text, whatever the types say.
  const problem = socket.authorized ? undefined : String(socket.authorizationError);
  const chain: CertificateFacts[] = [];
  const seen = new Set<string>();
  let next = socket.getPeerCertificate(true);
  while (Buffer.isBuffer(next.raw) && chain.length < CONNECTION_LIMITS.certificates) {
    const facts = certificateFacts(next.raw);
    // The issuer of a root is the root.
    if (seen.has(facts.certificatePin.sha256)) break;
    seen.add(facts.certificatePin.sha256);
    chain.push(facts);
    if (next.issuerCertificate === undefined || next.issuerCertificate === null) break;
    next = next.issuerCertificate;
  }
  return {
    protocol: socket.getProtocol() ?? "unknown",
    chain,
    ...(problem === undefined ? {} : { problem }),
  };
}

function certificateFacts(der: Buffer): CertificateFacts {
  const certificate = new X509Certificate(der);
  const { certificate: certificatePin, publicKey: publicKeyPin } = pinsOf(der);
  const oneLine = (text: string | undefined): string => (text ?? "").split("\n").join(", ");
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: certificate.subjectAltName?.split(", ") ?? [],
    validFromMs: Date.parse(certificate.validFrom),
    validToMs: Date.parse(certificate.validTo),
    certificatePin,
    publicKeyPin,
  };
}
