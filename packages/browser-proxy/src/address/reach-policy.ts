import { parseHostRule } from "./host-rule.ts";
import type { HostRule } from "./host-rule.ts";
import type { OwnAddresses } from "./own-addresses.ts";
import { browserProxyLimits } from "../limits.ts";

/** `browser.ssrfPolicy` as it is written; absent means the strictest. */
export interface ReachConfig {
  readonly dangerouslyAllowPrivateNetwork?: boolean | undefined;
  /** Hosts that may lie in closed networks. */
  readonly allowedHostnames?: readonly string[] | undefined;
  /** When there are any, no other host is reached. */
  readonly hostnameAllowlist?: readonly string[] | undefined;
  readonly blockedHostnames?: readonly string[] | undefined;
}

/** Which hosts the pages of a browser reach. Read once when the browser starts, and kept until it ends. */
export interface ReachPolicy {
  /** Opens loopback, private and link-local addresses. Metadata services stay closed. */
  readonly privateNetworks: boolean;
  readonly opened: readonly HostRule[];
  /** Undefined sets no limit. Empty allows nothing. */
  readonly only: readonly HostRule[] | undefined;
  readonly blocked: readonly HostRule[];
  /** A list of blocked hosts that cannot be read closes everything: nobody knows what it was to block. */
  readonly isBroken: boolean;
  /** One sentence for each entry that cannot be read, for the owner. */
  readonly problems: readonly string[];
  /** Which addresses are this machine's own; default: those of its interfaces. */
  readonly ownAddresses?: OwnAddresses;
}

export const strictReachPolicy: ReachPolicy = {
  privateNetworks: false,
  opened: [],
  only: undefined,
  blocked: [],
  isBroken: false,
  problems: [],
};

/** Reads the owner's lists. Entries that cannot be read open nothing and are named in `problems`. */
export function readReachPolicy(config: ReachConfig): ReachPolicy {
  const opened = rulesOf("allowedHostnames", config.allowedHostnames ?? []);
  const only = rulesOf("hostnameAllowlist", config.hostnameAllowlist ?? []);
  const blocked = rulesOf("blockedHostnames", config.blockedHostnames ?? []);
  return {
    privateNetworks: config.dangerouslyAllowPrivateNetwork === true,
    opened: opened.rules,
    only: (config.hostnameAllowlist ?? []).length === 0 ? undefined : only.rules,
    blocked: blocked.rules,
    isBroken: blocked.problems.length > 0,
    problems: [...opened.problems, ...only.problems, ...blocked.problems],
  };
}

function rulesOf(key: string, entries: readonly string[]): { rules: HostRule[]; problems: string[] } {
  const rules: HostRule[] = [];
  const problems: string[] = [];
  if (entries.length > browserProxyLimits.hostRules)
    return { rules, problems: [`browser.ssrfPolicy.${key} has too many entries; shorten it`] };
  for (const [index, entry] of entries.entries()) {
    const rule = parseHostRule(entry);
    if (rule !== undefined) rules.push(rule);
    else
      problems.push(
        `browser.ssrfPolicy.${key}[${String(index)}] is no host; write a name, \`*.name\`, an address or a range such as \`10.0.0.0/8\`, with \`:port\` if wanted`,
      );
  }
  return { rules, problems };
}
