import type { CommandInput, CommandIo } from "../command.ts";
import { screenFor, type Screen } from "../output/screen.ts";
import type { CertificateDocument, TlsDocument } from "./tls-document.ts";

/** The same for a person, who compares two lines with what the Gateway's owner says. */
export function showTls(document: TlsDocument, input: CommandInput, io: CommandIo): void {
  const screen = screenFor(input, io);
  const [leaf, ...issuers] = document.chain;
  screen.heading(`TLS of ${document.host}:${document.port} (${document.protocol})`);
  if (leaf === undefined) {
    screen.line("It showed no certificate.");
    return;
  }
  screen.fields([
    ["Subject", leaf.subject],
    ["Issuer", document.selfSigned ? "itself (self-signed)" : leaf.issuer],
    ["Names", leaf.names.join(", ") || "none"],
    ["Valid", `${validity(leaf)}${document.inDate ? "" : ", which is not now"}`],
    ["Trusted", trust(document)],
    ["Pinned", PINNED[String(document.pinned)] ?? ""],
  ]);
  screen.line();
  screen.heading("Compare with the Gateway's own");
  screen.line("SHA-256 fingerprint of the certificate:");
  hex(screen, leaf.fingerprint);
  screen.line("SHA-256 of its public key:");
  screen.line(`  ${leaf.publicKey}`);
  screen.line();
  for (const issuer of issuers) {
    screen.line(`Signed by: ${issuer.subject} (${validity(issuer)})`);
    hex(screen, issuer.fingerprint);
  }
  if (issuers.length > 0) screen.line();
  screen.line("When it is the right one, this accepts no other certificate:");
  screen.line(`  ${document.pinCommand}`);
  screen.line("This accepts every certificate with its key, also a renewed one:");
  screen.line(`  --tls-fingerprint ${document.pin.publicKey}`);
}

const PINNED: Readonly<Record<string, string>> = {
  true: "yes, a pin that is saved or given fits",
  false: "no, none of the pins that are saved or given fits: do not go on before you know why",
  null: "",
};

function trust({ trust: by, problem, host }: TlsDocument): string {
  if (by === "runtime") return "yes";
  if (by === "system") return "yes, by an authority of this system";
  if (by === "file") return "yes, by the authority of --tls-ca";
  const why = Object.hasOwn(REASONS, problem ?? "")
    ? (REASONS[problem ?? ""] ?? "")
    : "it cannot be verified";
  return `no: ${why.replace("HOST", host)} (${problem ?? "unknown"})`;
}

const REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its authority is not known here",
  UNABLE_TO_GET_ISSUER_CERT: "its authority is not known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its authority is not known here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its authority is not known here",
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet; is the clock of this machine right?",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is not for HOST",
};

function validity({ validFrom, validTo }: CertificateDocument): string {
  return `${validFrom?.slice(0, 10) ?? "?"} to ${validTo?.slice(0, 10) ?? "?"}`;
}

/** In two lines: 95 characters are more than most terminals have, and nobody compares a broken line well. */
function hex(screen: Screen, fingerprint: string): void {
  screen.line(`  ${fingerprint.slice(0, 48)}`);
  screen.line(`  ${fingerprint.slice(48)}`);
}
