import { createHash, X509Certificate } from "node:crypto";
import { ConnectionError } from "./errors.ts";
import { formatFingerprint, parseFingerprint } from "./fingerprint.ts";
import { CONNECTION_LIMITS } from "./limits.ts";
import { shownText } from "./shown-text.ts";

/** What a server's leaf certificate must be, or whose public key it must carry; 64 lower-case hex digits of SHA-256. */
export interface TlsPin {
  readonly kind: "certificate" | "public-key";
  readonly sha256: string;
}

/**
 * Pins from one or several texts, each one pin or several with commas between: certificate fingerprints in any accepted
 * spelling, and `sha256/BASE64` or `sha256//BASE64` of a public key (SPKI). Throws `bad-fingerprint`.
 */
export function parseTlsPins(texts: string | readonly string[]): readonly TlsPin[] {
  const pins = [texts].flat().flatMap(pinsIn);
  const different = new Map(pins.map((pin) => [`${pin.kind} ${pin.sha256}`, pin]));
  if (different.size > CONNECTION_LIMITS.tlsPins) {
    throw new ConnectionError(
      "bad-fingerprint",
      `${different.size} TLS pins are too many; keep the ${CONNECTION_LIMITS.tlsPins} that a server may really have`,
    );
  }
  return [...different.values()];
}

/** The spelling that files and arguments keep; `parseTlsPins` reads it back. */
export function formatTlsPin({ kind, sha256 }: TlsPin): string {
  return kind === "certificate" ? sha256 : `sha256//${Buffer.from(sha256, "hex").toString("base64")}`;
}

/** The spelling that people compare. */
export function showTlsPin(pin: TlsPin): string {
  return pin.kind === "certificate" ? formatFingerprint(pin.sha256) : formatTlsPin(pin);
}

/** Both pins of a certificate, given as DER. Throws what the runtime throws for bytes that are none. */
export function pinsOf(der: Buffer): { readonly certificate: TlsPin; readonly publicKey: TlsPin } {
  const key = new X509Certificate(der).publicKey.export({ type: "spki", format: "der" });
  return {
    certificate: { kind: "certificate", sha256: hashOf(der) },
    publicKey: { kind: "public-key", sha256: hashOf(key) },
  };
}

/** Is the leaf certificate one of the pinned ones? Otherwise how to name what was seen. Never throws. */
export function checkPins(
  pins: readonly TlsPin[],
  der: Buffer | undefined,
): { readonly ok: true } | { readonly ok: false; readonly seen: string } {
  if (der === undefined) return { ok: false, seen: "no certificate" };
  const certificate = hashOf(der);
  if (pins.some((pin) => pin.kind === "certificate" && pin.sha256 === certificate)) return { ok: true };
  const seen = formatFingerprint(certificate);
  if (!pins.some(({ kind }) => kind === "public-key")) return { ok: false, seen };
  try {
    const { publicKey } = pinsOf(der);
    return pins.some((pin) => pin.kind === "public-key" && pin.sha256 === publicKey.sha256)
      ? { ok: true }
      : { ok: false, seen: `${seen} with the public key ${formatTlsPin(publicKey)}` };
  } catch {
    return { ok: false, seen: `${seen} with a public key that cannot be read` };
  }
}

function pinsIn(text: string): readonly TlsPin[] {
  // Old spellings allow any separator, so a comma may also stand inside of one fingerprint.
  const commas = text.includes(",") && !/sha-?256\//iu.test(text) && hexDigits(text) === 64;
  return commas ? [onePin(text)] : text.split(/[,;]/u).map(onePin);
}

function onePin(text: string): TlsPin {
  const body = /^\s*sha-?256\/([^\s]+?)(?:=)?\s*$/iu.exec(text)?.[1];
  // One or two slashes: 32 bytes are 43 characters, whichever of them a second slash is.
  const key = body?.length === 44 && body.startsWith("/") ? body.slice(1) : body;
  if (key !== undefined && key.length === 43 && /^[A-Za-z0-9+/]+$/u.test(key)) {
    const bytes = Buffer.from(key, "base64");
    if (bytes.toString("base64") === `${key}=`) return { kind: "public-key", sha256: bytes.toString("hex") };
  } else if (hexDigits(text) === 64) {
    return { kind: "certificate", sha256: parseFingerprint(text) };
  }
  throw new ConnectionError(
    "bad-fingerprint",
    `\`${shownText(text, 100)}\` is not a SHA-256 certificate fingerprint; expected 64 hex digits, with or without colons, or sha256//BASE64 of a public key`,
  );
}

function hexDigits(text: string): number {
  try {
    return parseFingerprint(text).length;
  } catch {
    return 0;
  }
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
