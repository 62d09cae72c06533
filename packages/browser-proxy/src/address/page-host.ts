import { parseIp } from "./ip-address.ts";
import type { IpAddress } from "./ip-address.ts";

/** Where a connection is to go, in the one spelling that the URL parser of browsers gives it. */
export interface PageHost {
  /** Lower case, ASCII, without brackets and without a dot at the end. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** Set when the host is an address and no name. */
  readonly address: IpAddress | undefined;
}

/**
 * The host and port of a URL that the standard's parser has read: octal, hexadecimal, short and single-number IPv4,
 * percent escapes, full-width digits and dots are plain by then. Undefined for a URL without a host or with port 0.
 */
export function hostOfUrl(url: URL): PageHost | undefined {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const inner = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  const host = inner.endsWith(".") ? inner.slice(0, -1) : inner;
  if (host === "" || host.endsWith(".") || port === 0) return undefined;
  return { host, port, address: parseIp(host) };
}

/**
 * The target of a tunnel: `name:443`, `1.2.3.4:443`, `[2001:db8::1]:443`. A browser sends nothing but the canonical
 * spelling, so that any other one, which two readers could read in two ways, gives undefined.
 */
export function hostOfAuthority(authority: string): PageHost | undefined {
  const parts = /^(?<host>\[[0-9a-f:.]+\]|[^\s[\]:/?#@\\]+):(?<port>[1-9]\d{0,4})$/i.exec(authority)?.groups;
  if (parts?.["host"] === undefined || Number(parts["port"]) > 65_535) return undefined;
  const url = parsedUrl(`http://${authority}/`);
  if (url === undefined || url.hostname !== parts["host"].toLowerCase()) return undefined;
  return hostOfUrl(url);
}

/** Undefined instead of an exception. */
export function parsedUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** `host:port` with brackets where they belong: the form of records and of `Host`. */
export function authorityText({ host, port }: Pick<PageHost, "host" | "port">): string {
  return host.includes(":") ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}
