import { X509Certificate } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { ConnectionError } from "./errors.ts";
import { CONNECTION_LIMITS } from "./limits.ts";
import { shownText } from "./shown-text.ts";

/**
 * The certificate authorities in a PEM file, read anew for each connection, so that a renewed file counts at once.
 * Throws `bad-ca-file` for a file that cannot be read, is too large, or holds no or a broken certificate.
 */
export async function readCaFile(path: string): Promise<readonly string[]> {
  const text = await readBounded(path);
  const found = text.match(PEM) ?? [];
  if (found.length === 0) throw bad(path, "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
  for (const [index, pem] of found.entries()) {
    try {
      void new X509Certificate(pem);
    } catch (cause) {
      throw bad(path, `holds a broken certificate (number ${index + 1})`, cause);
    }
  }
  return found;
}

export const PEM: RegExp = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/gu;

async function readBounded(path: string): Promise<string> {
  const most = CONNECTION_LIMITS.caFileBytes;
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const facts = await file.stat();
    // A pipe would never end, and a directory is no text.
    if (!facts.isFile()) throw bad(path, "is not a file");
    if (facts.size > most) throw bad(path, `is larger than ${most} bytes`);
    return await file.readFile("utf8");
  } catch (cause) {
    if (cause instanceof ConnectionError) throw cause;
    const code: unknown = Reflect.get(Object(cause), "code");
    throw bad(path, code === "ENOENT" ? "does not exist" : `cannot be read (${String(code)})`, cause);
  } finally {
    await file?.close();
  }
}

function bad(path: string, what: string, cause?: unknown): ConnectionError {
  return new ConnectionError(
    "bad-ca-file",
    `the CA file \`${shownText(path, 200)}\` ${what}; nothing was sent`,
    {},
    { cause },
  );
}
