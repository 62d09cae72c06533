import { classifyAddress } from "./address-class.ts";
import type { AddressClass } from "./address-class.ts";
import { badPorts } from "./bad-ports.ts";
import { isExactAddress, matchesHostRule } from "./host-rule.ts";
import type { IpAddress } from "./ip-address.ts";
import { isOwnAddress } from "./own-addresses.ts";
import type { PageHost } from "./page-host.ts";
import type { ReachPolicy } from "./reach-policy.ts";

/** Why a host is not reached. Closed: a new reason gets a new code. */
export type ReachReason =
  | Exclude<AddressClass, "public">
  | "unsupported-scheme"
  | "bad-url"
  | "bad-port"
  | "host-blocked"
  | "host-not-listed"
  | "no-address"
  | "bad-policy";

export type ReachVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: ReachReason; readonly sentence: string };

/**
 * Judges what can be judged before a name is resolved: the port, the owner's lists, and the address itself when the host
 * is one. A pass for a name is no permission yet: `judgeAddresses` has the last word.
 */
export function judgeHost(target: PageHost, policy: ReachPolicy): ReachVerdict {
  if (policy.isBroken) return refused("bad-policy", target);
  if (target.address !== undefined) return judgeAddress(target, target.address, policy);
  const isOpened = policy.opened.some((rule) => matchesHostRule(rule, target));
  const lists = judgeLists(target, undefined, policy);
  if (!lists.ok) return lists;
  // Browsers know these names without asking anybody.
  const isLocal = target.host === "localhost" || target.host.endsWith(".localhost");
  const mayOpenLater = policy.privateNetworks || policy.opened.some(({ kind }) => kind === "addresses");
  if (isLocal && !isOpened && !mayOpenLater) return refused("loopback", target);
  return allowed;
}

/**
 * Judges every address that a name was resolved to. One closed address closes the name: a name that leads to the web and
 * into the house at once is the tool of an attack.
 */
export function judgeAddresses(
  target: PageHost,
  addresses: readonly IpAddress[],
  policy: ReachPolicy,
): ReachVerdict {
  if (addresses.length === 0) return refused("no-address", target);
  const verdicts = addresses.map((address) => judgeAddress(target, address, policy));
  return verdicts.find((verdict) => !verdict.ok) ?? allowed;
}

function judgeAddress(target: PageHost, address: IpAddress, policy: ReachPolicy): ReachVerdict {
  if (policy.isBroken) return refused("bad-policy", target);
  const lists = judgeLists(target, address, policy);
  if (!lists.ok) return lists;
  const known = classifyAddress(address);
  const to = known === "public" && isOwnAddress(address, policy.ownAddresses) ? "loopback" : known;
  if (to === "public") return allowed;
  const openedBy = policy.opened.filter((rule) => matchesHostRule(rule, target, address));
  if (to === "loopback" || to === "private" || to === "link-local")
    return policy.privateNetworks || openedBy.length > 0 ? allowed : refused(to, target);
  // A service that hands out credentials is opened by its own address only: a name or a range says too little.
  if (to === "metadata" && openedBy.some(isExactAddress)) return allowed;
  return refused(to, target);
}

/** The port, then the blocked hosts, then the hosts beside which there are no others. */
function judgeLists(target: PageHost, address: IpAddress | undefined, policy: ReachPolicy): ReachVerdict {
  const matches = (rule: (typeof policy.opened)[number]): boolean => matchesHostRule(rule, target, address);
  const isPortNamed = policy.opened.some((rule) => rule.port === target.port && matches(rule));
  if (badPorts.has(target.port) && !isPortNamed) {
    const mayBeNamedLater =
      address === undefined &&
      policy.opened.some((rule) => rule.kind === "addresses" && rule.port === target.port);
    if (!mayBeNamedLater) return refused("bad-port", target);
  }
  if (policy.blocked.some(matches)) return refused("host-blocked", target);
  if (policy.only === undefined || policy.only.some(matches)) return allowed;
  const mayMatchLater = address === undefined && policy.only.some(({ kind }) => kind === "addresses");
  return mayMatchLater ? allowed : refused("host-not-listed", target);
}

const allowed: ReachVerdict = { ok: true };
const opening = "the owner can open it in browser.ssrfPolicy.allowedHostnames";

/** Sentences name the host that was asked for, never an address that it was resolved to. */
const sentences: Readonly<Record<ReachReason, string>> = {
  "unsupported-scheme": "only http and https pages are opened",
  "bad-url": "this is no web address; write it out, as in `https://example.com/`",
  "bad-port": "this port is never a web page",
  "host-blocked": "the owner has blocked this host",
  "host-not-listed": "the owner has named the hosts that may be reached, and this is none of them",
  "no-address": "this host has no address; check its name",
  "bad-policy": "browser.ssrfPolicy.blockedHostnames cannot be read; the owner has to correct it",
  loopback: `this host is the node itself; ${opening}`,
  private: `this host lies in a private network; ${opening}`,
  "link-local": `this host lies on the local link; ${opening}`,
  metadata:
    "this host is a cloud's metadata service; the owner can open it by its exact address in browser.ssrfPolicy.allowedHostnames",
  multicast: "this host is a multicast address, which is never a web page",
  unspecified: "this host is an unspecified address, which is never a web page",
  reserved: "this host has a reserved address, which is never a web page",
};

function refused(reason: ReachReason, target: PageHost): ReachVerdict {
  return { ok: false, reason, sentence: `\`${shortHost(target.host)}\` is refused: ${sentences[reason]}` };
}

/** The sentence for what is no host at all. */
export function refusedUrl(reason: "unsupported-scheme" | "bad-url"): ReachVerdict & { readonly ok: false } {
  return { ok: false, reason, sentence: sentences[reason] };
}

function shortHost(host: string): string {
  return host.length <= 100 ? host : `${host.slice(0, 60)}…${host.slice(-30)}`;
}
