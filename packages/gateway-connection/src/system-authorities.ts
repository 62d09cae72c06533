import { readFile } from "node:fs/promises";
import { PEM } from "./ca-file.ts";

/** Where systems keep all their authorities in one file: Debian, Fedora, openSUSE, Alpine and the BSDs. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

export interface SystemPlace {
  readonly platform?: NodeJS.Platform;
  readonly bundles?: readonly string[];
}

/**
 * The certificate authorities of the operating system, which the runtime does not use by itself: the file that
 * SSL_CERT_FILE names, else the system's bundle; on macOS and Windows its store, where the runtime can read it.
 * Empty when there is none. Source: service section 2 (environment of the service).
 */
export async function systemAuthorities(
  env: Readonly<Record<string, string | undefined>>,
  { platform = process.platform, bundles = BUNDLES }: SystemPlace = {},
): Promise<readonly string[]> {
  const named = env["SSL_CERT_FILE"]?.trim() ?? "";
  for (const path of named === "" ? bundles : [named]) {
    const found = await readFile(path, "latin1").then(
      (text) => text.match(PEM) ?? [],
      () => [],
    );
    if (found.length > 0) return found;
  }
  return platform === "darwin" || platform === "win32" ? await ownStore() : [];
}

/** Newer than the types that we build against: Node 22.15. */
async function ownStore(): Promise<readonly string[]> {
  const read: unknown = Reflect.get(await import("node:tls"), "getCACertificates");
  if (typeof read !== "function") return [];
  const found: unknown = read("system");
  return Array.isArray(found) ? found.filter((pem) => typeof pem === "string") : [];
}

/** What verification says when only the authority is missing. */
export function isUnknownAuthority(system: string | undefined): boolean {
  return (
    system !== undefined &&
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/u.test(
      system,
    )
  );
}
