import { isIP } from "node:net";
import { ConnectionError } from "./errors.ts";

/**
 * May this host be reached without TLS? Loopback silently, private addresses with a warning, names only by
 * opt-in; anything else throws `insecure-endpoint`. The host is written as in URLs. Source: the rule for plain ws (14).
 */
export function plaintextWarning(
  host: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const name = mappedIpv4(host.toLowerCase());
  if (isLoopback(name)) return undefined;
  if (isPrivateAddress(name) || (isIP(name) === 0 && name.endsWith(".ts.net"))) {
    return `the link to \`${host}\` is not encrypted; anyone on that network can read it and act as the Gateway`;
  }
  if (isIP(name) === 0 && env["OPENCLAW_ALLOW_INSECURE_PRIVATE_WS"] === "1") {
    return `the link to \`${host}\` is not encrypted and its name may lead anywhere (OPENCLAW_ALLOW_INSECURE_PRIVATE_WS=1)`;
  }
  throw new ConnectionError(
    "insecure-endpoint",
    isIP(name) === 0
      ? `refusing plain ws:// to \`${host}\`; use --tls, or set OPENCLAW_ALLOW_INSECURE_PRIVATE_WS=1 if that name is on a private network`
      : `refusing plain ws:// to the public address \`${host}\`; use --tls`,
  );
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** Private, link-local, carrier-grade NAT and unique local addresses. */
function isPrivateAddress(host: string): boolean {
  if (isIP(host) === 6) return /^f[cd][0-9a-f]{2}:/u.test(host) || /^fe[89ab][0-9a-f]:/u.test(host);
  if (isIP(host) !== 4) return false;
  const [a = 0, b = 0] = host.split(".").map(Number);
  return (
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127)
  );
}

/** `::ffff:7f00:1` reaches the same machine as `127.0.0.1` and is judged like it. */
function mappedIpv4(host: string): string {
  const found = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/u.exec(host);
  if (found === null) return host;
  const bits = (Number.parseInt(found[1] ?? "", 16) << 16) | Number.parseInt(found[2] ?? "", 16);
  return [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255].join(".");
}
