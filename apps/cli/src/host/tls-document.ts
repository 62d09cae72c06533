import { formatTlsPin, showTlsPin, type GatewayEndpoint, type TlsReport } from "@openclaw/gateway-connection";

/** `openclaw node tls show --json`; documented in docs/connecting.md. */
export interface TlsDocument {
  readonly ok: true;
  readonly host: string;
  readonly port: number;
  readonly protocol: string;
  /** The leaf first. */
  readonly chain: readonly CertificateDocument[];
  readonly selfSigned: boolean;
  /** Is now within the validity of the leaf? */
  readonly inDate: boolean;
  /** Whose authorities vouch for it: of the runtime, of the system, of --tls-ca, or nobody's. */
  readonly trusted: boolean;
  readonly trust: TlsReport["trust"];
  readonly problem: string | null;
  /** Does one of the saved or given pins fit? null where there is none. */
  readonly pinned: boolean | null;
  readonly pin: { readonly certificate: string; readonly publicKey: string };
  readonly pinCommand: string;
}

export interface CertificateDocument {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** ISO 8601; null where the certificate holds no date that can be read. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  /** Upper-case pairs with colons. */
  readonly fingerprint: string;
  readonly publicKey: string;
}

export function tlsDocument(endpoint: GatewayEndpoint, report: TlsReport, now: number): TlsDocument {
  const { host, port, tlsPins } = endpoint;
  const [leaf] = report.chain;
  const certificate = leaf === undefined ? "" : formatTlsPin(leaf.certificatePin);
  const publicKey = leaf === undefined ? "" : formatTlsPin(leaf.publicKeyPin);
  return {
    ok: true,
    host,
    port,
    protocol: report.protocol,
    chain: report.chain.map((one) => ({
      subject: one.subject,
      issuer: one.issuer,
      names: one.names,
      validFrom: isoDate(one.validFromMs),
      validTo: isoDate(one.validToMs),
      fingerprint: showTlsPin(one.certificatePin),
      publicKey: formatTlsPin(one.publicKeyPin),
    })),
    selfSigned: leaf !== undefined && leaf.subject === leaf.issuer,
    inDate: leaf !== undefined && leaf.validFromMs <= now && now <= leaf.validToMs,
    trusted: report.trust !== "none",
    trust: report.trust,
    problem: report.problem ?? null,
    pinned: tlsPins?.some((pin) => [certificate, publicKey].includes(formatTlsPin(pin))) ?? null,
    pin: { certificate, publicKey },
    pinCommand: `openclaw node run --host ${host} --port ${port} --tls-fingerprint ${certificate}`,
  };
}

function isoDate(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
