import { browserProxyLimits } from "../limits.ts";

/** UTF-16 units; from the end, where the extension is. */
const LOOKED_AT = 4096;

/**
 * What is left of a name that a page chose: its last part, without control, reversing and separating characters, not
 * hidden, not a device, not too long (its extension is kept). Never empty.
 */
export function safeFileName(suggested: string): string {
  // What is longer is not looked at: a page may take any length.
  const last = suggested.slice(-LOOKED_AT).split(/[\\/]/).at(-1) ?? "";
  const plain = last
    .normalize("NFC")
    .replace(/[\p{C}\p{Zl}\p{Zp}<>:"|?*]/gu, "_")
    .replace(/^[. ~-]+|[. ]+$/g, "");
  const name = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i.test(plain)
    ? `_${plain}`
    : plain;
  return name === "" ? "download" : shortened(name);
}

function shortened(name: string): string {
  const limit = browserProxyLimits.fileNameBytes;
  if (Buffer.byteLength(name) <= limit) return name;
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? "";
  let base = name.slice(0, name.length - extension.length);
  while (Buffer.byteLength(base) + extension.length > limit) base = base.slice(0, -1);
  // Half of a character that takes two places is no character.
  return `${base.replace(/[\uD800-\uDBFF]$/, "").replace(/[. ]+$/, "")}${extension}`;
}
