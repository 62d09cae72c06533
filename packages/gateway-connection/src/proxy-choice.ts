import { BlockList, isIP } from "node:net";
import { ConnectionError } from "./errors.ts";
import { CONNECTION_LIMITS } from "./limits.ts";
import type { OpenPlace } from "./open-error.ts";
import { isLoopback } from "./plaintext.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy on the way to a Gateway. */
export interface ProxyAddress {
  /** `socks5` looks names up here, `socks5h` there. */
  readonly kind: "http" | "https" | "socks5" | "socks5h";
  readonly host: string;
  readonly port: number;
  readonly credentials?: { readonly user: string; readonly password: string };
  /** What a person is told: no credentials, and the variable that named it. */
  readonly shown: string;
}

const DEFAULT_PORTS = { http: 80, https: 443, socks5: 1080, socks5h: 1080 } as const;

/**
 * The proxy that the environment names for this Gateway: `https_proxy` for wss, `http_proxy` for ws, then `all_proxy`,
 * lower case first; undefined when `NO_PROXY` or loopback says that there is none. Throws `bad-proxy` without showing
 * the value, which may hold a password.
 */
export function proxyFor(to: OpenPlace, env: Environment): ProxyAddress | undefined {
  if (isLoopback(to.host)) return undefined;
  const names = [to.secure ? "https_proxy" : "http_proxy", "all_proxy"];
  const name = names.flatMap((lower) => [lower, lower.toUpperCase()]).find((key) => isSet(env[key]));
  if (name === undefined) return undefined;
  const except = isSet(env["no_proxy"]) ? env["no_proxy"] : env["NO_PROXY"];
  return isExcepted(to, except ?? "") ? undefined : parseProxy(env[name]?.trim() ?? "", name);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== "";
}

function parseProxy(text: string, variable: string): ProxyAddress {
  const written = text.includes("://") ? text : `http://${text}`;
  const kind = /^(https?|socks5h?):\/\//iu.exec(written)?.[1]?.toLowerCase();
  // Parsed as a scheme that the standard knows, so that host and port are read in the same way for all of them.
  const rest = `ws://${written.slice(written.indexOf("://") + 3)}`;
  const url = !/[\s\p{Cc}\\]/u.test(text) && URL.canParse(rest) ? new URL(rest) : undefined;
  if (!isKind(kind)) throw bad(variable, "must begin with http://, https://, socks5:// or socks5h://");
  if (url === undefined || url.hostname === "") throw bad(variable, "is not the address of a proxy");
  if ((url.pathname !== "/" && url.pathname !== "") || url.search !== "" || url.hash !== "")
    throw bad(variable, "has something behind the port");
  const host = url.hostname.replace(/^\[(.*)\]$/u, "$1");
  // The scheme that was lent hides its own port.
  const port = url.port === "" ? (/:0*80\/?$/u.test(rest) ? 80 : DEFAULT_PORTS[kind]) : Number(url.port);
  if (port === 0) throw bad(variable, "has a port that nothing can listen on");
  const shown = `${kind}://${url.hostname}:${port} (${variable})`;
  const credentials = credentialsOf(url, kind, variable);
  return { kind, host, port, shown, ...(credentials === undefined ? {} : { credentials }) };
}

function isKind(text: string | undefined): text is ProxyAddress["kind"] {
  return text !== undefined && Object.hasOwn(DEFAULT_PORTS, text);
}

function credentialsOf(
  url: URL,
  kind: ProxyAddress["kind"],
  variable: string,
): ProxyAddress["credentials"] | undefined {
  if (url.username === "" && url.password === "") return undefined;
  const user = decoded(url.username, variable);
  const password = decoded(url.password, variable);
  if (kind.startsWith("http") && user.includes(":")) throw bad(variable, "has a user name with a colon");
  const most = CONNECTION_LIMITS.proxyCredentialBytes;
  for (const text of [user, password]) {
    if (Buffer.byteLength(text) > most || /\p{Cc}/u.test(text))
      throw bad(variable, `has a user name or password that is not 0 to ${most} printable bytes`);
  }
  return { user, password };
}

function decoded(text: string, variable: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad(variable, "has a user name or password with a broken % escape");
  }
}

function bad(variable: string, what: string): ConnectionError {
  return new ConnectionError(
    "bad-proxy",
    `the proxy in ${variable} ${what}; write it as http://user:password@host:port, with other characters as %XX`,
  );
}

/** `*`; a name with all names below it, with or without a dot in front; an address; a network; each with a port or none. */
function isExcepted({ host, port }: OpenPlace, list: string): boolean {
  const name = host.toLowerCase().replace(/\.$/u, "");
  return list
    .toLowerCase()
    .split(/[\s,]+/u)
    .slice(0, CONNECTION_LIMITS.noProxyEntries)
    .some((entry) => entry !== "" && fits(entry, name, port));
}

function fits(entry: string, host: string, port: number): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInNetwork(entry, host);
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/u.exec(entry);
  const plain = isIP(entry) === 6 ? null : /^([^:]*):(\d+)$/u.exec(entry);
  const name = bracketed?.[1] ?? plain?.[1] ?? entry;
  const only = bracketed?.[2] ?? plain?.[2];
  if (only !== undefined && Number(only) !== port) return false;
  const bare = name.replace(/^\*?\./u, "").replace(/\.$/u, "");
  if (bare === "") return false;
  if (isIP(host) !== 0)
    return isIP(bare) === isIP(host) && isInNetwork(`${bare}/${isIP(bare) === 4 ? 32 : 128}`, host);
  return host === bare || host.endsWith(`.${bare}`);
}

function isInNetwork(network: string, host: string): boolean {
  const [, address = "", bits = ""] = /^\[?([^\]/]*)\]?\/(\d{1,3})$/u.exec(network) ?? [];
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, Number(bits), type);
  return list.check(host, type);
}
