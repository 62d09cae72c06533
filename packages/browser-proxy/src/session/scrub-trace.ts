import { browserProxyLimits } from "../limits.ts";
import { packedEntry, readZip, unpacked, writeZip } from "./zip-entries.ts";

/**
 * A trace as it may leave this machine: without the credentials of our proxy, which the browser reports with the headers of
 * every request, and without the files and paths of the program that recorded it. Undefined for one that cannot be read.
 */
export function scrubbedTrace(archive: Buffer, secrets: readonly string[]): Buffer | undefined {
  try {
    const entries = readZip(archive)?.filter(({ name }) => !/^src\/|\.stacks$/.test(name));
    if (entries === undefined) return undefined;
    return writeZip(
      entries.map((entry) => {
        // What pages sent is left as it is: they do not know the credentials.
        if (!/\.(?:network|trace)$/.test(entry.name)) return entry;
        const text = unpacked(entry, browserProxyLimits.traceTextBytes).toString("utf8");
        return packedEntry(entry.name, Buffer.from(withoutSecrets(text, secrets)));
      }),
    );
  } catch {
    return undefined;
  }
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, "redacted"), text);
}
