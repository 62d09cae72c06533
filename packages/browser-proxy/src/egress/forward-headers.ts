import { authorityText } from "../address/page-host.ts";
import type { PageHost } from "../address/page-host.ts";
import { browserProxyLimits } from "../limits.ts";

/** Headers that speak about one connection only, and never pass a proxy. */
const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "expect",
]);

/** Name and value by turns, as they came. */
type FlatHeaders = readonly string[];

/**
 * Whether two readers could see two different requests in these headers: two lengths, a length beside chunks, an
 * encoding that is not plainly `chunked`, two hosts, or a host that is not the one of the request line.
 */
export function isAmbiguousRequest(flat: FlatHeaders, target: PageHost): boolean {
  if (flat.length > browserProxyLimits.proxyHeaders * 2) return true;
  const lengths = valuesOf(flat, "content-length");
  const encodings = valuesOf(flat, "transfer-encoding");
  if (lengths.length + encodings.length > 1) return true;
  if (lengths.some((value) => !/^\d{1,15}$/.test(value))) return true;
  if (encodings.some((value) => value.toLowerCase() !== "chunked")) return true;
  const hosts = valuesOf(flat, "host");
  const [host] = hosts;
  return hosts.length > 1 || (host !== undefined && !isSameHost(host, target));
}

/** What goes to the host: end-to-end headers, one `Host` of ours, and the framing of the body said once. */
export function forwardedRequest(flat: FlatHeaders, method: string, target: PageHost): string[] {
  const kept = endToEnd(flat).filter(([name]) => !["host", "content-length"].includes(name.toLowerCase()));
  const host = target.port === 80 ? authorityText(target).replace(/:80$/, "") : authorityText(target);
  const isChunked = valuesOf(flat, "transfer-encoding").length > 0;
  const [length] = valuesOf(flat, "content-length");
  const framing = isChunked
    ? ["Transfer-Encoding", "chunked"]
    : length !== undefined || !["GET", "HEAD"].includes(method)
      ? ["Content-Length", length ?? "0"]
      : [];
  return ["Host", host, ...kept.flat(), ...framing];
}

/** What goes back to the browser. The body's length is kept; chunks are made anew. */
export function forwardedResponse(flat: FlatHeaders): string[] {
  return endToEnd(flat).flat();
}

/** Without the hop-by-hop headers and those that `Connection` names. */
function endToEnd(flat: FlatHeaders): readonly [string, string][] {
  const named = valuesOf(flat, "connection").flatMap((value) =>
    value.split(",").map((name) => name.trim().toLowerCase()),
  );
  // What frames or addresses the message is never somebody's to drop.
  const dropped = new Set(named.filter((name) => !["content-length", "host"].includes(name)));
  return pairs(flat).filter(([name]) => {
    const lower = name.toLowerCase();
    return !hopByHop.has(lower) && !dropped.has(lower);
  });
}

function isSameHost(given: string, target: PageHost): boolean {
  const text = given.toLowerCase().replace(/\.(?=$|:\d+$)/, "");
  const full = authorityText(target);
  return text === full || (target.port === 80 && `${text}:80` === full);
}

function valuesOf(flat: FlatHeaders, name: string): readonly string[] {
  return pairs(flat).flatMap(([key, value]) => (key.toLowerCase() === name ? [value.trim()] : []));
}

function pairs(flat: FlatHeaders): readonly [string, string][] {
  return flat.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, flat[index + 1] ?? ""]] : [],
  );
}
