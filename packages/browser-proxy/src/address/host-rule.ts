import { plainAddress } from "./address-class.ts";
import { isWithin, parseIp } from "./ip-address.ts";
import type { IpAddress } from "./ip-address.ts";
import { hostOfUrl, parsedUrl } from "./page-host.ts";
import type { PageHost } from "./page-host.ts";

/** One entry of the owner's lists. Without a port it stands for all ports. */
export type HostRule =
  | { readonly kind: "name"; readonly name: string; readonly port: number | undefined }
  /** `*.example.com`: every name below it, at any depth, but not `example.com`. */
  | { readonly kind: "subdomains"; readonly suffix: string; readonly port: number | undefined }
  | {
      readonly kind: "addresses";
      readonly base: IpAddress;
      readonly prefix: number;
      readonly port: number | undefined;
    };

/**
 * Reads `name`, `*.name`, `10.0.0.0/8`, `fd00::/8` or an address, each with `:port` behind it if wanted (IPv6 then in
 * brackets: `[fd00::/8]:8080`). Undefined for what is none of these; such an entry must open nothing.
 */
export function parseHostRule(text: string): HostRule | undefined {
  const entry = text.trim();
  if (entry === "" || entry.length > 300) return undefined;
  const bare = addressRule(entry, undefined);
  if (bare !== undefined) return bare;
  const parts = /^(?<host>\[[^\]]+\]|[^:]+)(?::(?<port>[1-9]\d{0,4}))?$/.exec(entry)?.groups;
  const port = parts?.["port"] === undefined ? undefined : Number(parts["port"]);
  const host = parts?.["host"];
  if (host === undefined || (port ?? 1) > 65_535) return undefined;
  if (host.startsWith("[")) {
    const inner = host.slice(1, -1);
    return inner.includes(":") ? addressRule(inner, port) : undefined;
  }
  return addressRule(host, port) ?? nameRule(host, port);
}

/** Address rules match the address that is given, or else the one that the host itself is. */
export function matchesHostRule(rule: HostRule, target: PageHost, address?: IpAddress): boolean {
  if (rule.port !== undefined && rule.port !== target.port) return false;
  if (rule.kind === "name") return rule.name === target.host;
  if (rule.kind === "subdomains") return target.host.endsWith(`.${rule.suffix}`);
  const judged = address ?? target.address;
  return judged !== undefined && isWithin(plainAddress(judged), rule.base, rule.prefix);
}

/** Whether the rule names one single address. */
export function isExactAddress(rule: HostRule): boolean {
  return rule.kind === "addresses" && rule.prefix === (rule.base.version === 4 ? 32 : 128);
}

function addressRule(text: string, port: number | undefined): HostRule | undefined {
  const [base = "", prefix, ...rest] = text.split("/");
  const address = parseIp(base);
  if (address === undefined || rest.length > 0) return undefined;
  const bits = address.version === 4 ? 32 : 128;
  if (prefix !== undefined && (!/^(?:0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bits))
    return undefined;
  const plain = plainAddress(address);
  const length = prefix === undefined ? bits : Number(prefix);
  if (plain === address) return { kind: "addresses", base: address, prefix: length, port };
  return length < 96 ? undefined : { kind: "addresses", base: plain, prefix: length - 96, port };
}

/** Names go through the parser that page addresses go through, so that both have one spelling. */
function nameRule(text: string, port: number | undefined): HostRule | undefined {
  const isWildcard = text.startsWith("*.");
  const name = isWildcard ? text.slice(2) : text;
  if (/[\s*/?#@\\%]/.test(name) || name.startsWith(".")) return undefined;
  const url = parsedUrl(`http://${name}/`);
  const target = url === undefined ? undefined : hostOfUrl(url);
  if (target === undefined) return undefined;
  if (target.address !== undefined) return isWildcard ? undefined : addressRule(target.host, port);
  return isWildcard
    ? { kind: "subdomains", suffix: target.host, port }
    : { kind: "name", name: target.host, port };
}
