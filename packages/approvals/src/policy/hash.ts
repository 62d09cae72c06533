import { createHash } from "node:crypto";

/** Lower-case hex SHA-256 of a text's UTF-8 bytes, or of bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The name of a policy text in `get` and `set`. Source: exec section 1.5. */
export function hashPolicyText(text: string | undefined): string {
  return text === undefined ? `missing:${sha256("")}` : sha256(text);
}
