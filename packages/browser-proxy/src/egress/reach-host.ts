import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import type { Socket } from "node:net";

import { formatIp, parseIp } from "../address/ip-address.ts";
import type { IpAddress } from "../address/ip-address.ts";
import type { PageHost } from "../address/page-host.ts";
import { classifyAddress } from "../address/address-class.ts";
import { judgeAddresses, judgeHost } from "../address/reach.ts";
import type { ReachPolicy } from "../address/reach-policy.ts";
import type { BrowserProxyLimits } from "../limits.ts";
import { egressRefusal } from "./egress-refusal.ts";
import type { EgressRefusal } from "./egress-refusal.ts";

/** The proxy's way to the network; tests put their own names and machines here. */
export interface EgressNetwork {
  /** All addresses of a name. */
  readonly resolve: (name: string) => Promise<readonly string[]>;
  /** Connects to exactly this address, which is no name. */
  readonly dial: (address: string, port: number) => Socket;
}

export const systemNetwork: EgressNetwork = {
  resolve: async (name) => (await lookup(name, { all: true, verbatim: true })).map(({ address }) => address),
  dial: (address, port) => connect({ host: address, port, allowHalfOpen: true, autoSelectFamily: false }),
};

export interface ReachQuestion {
  readonly target: PageHost;
  readonly policy: ReachPolicy;
  readonly network: EgressNetwork;
  /** The proxy's own port, which no page may reach. */
  readonly ownPort: number;
  readonly limits: BrowserProxyLimits;
  readonly signal: AbortSignal;
}

/**
 * Resolves a host once, judges every address, and keeps the judged ones: nobody resolves again, so that an answer that
 * changes in between changes nothing.
 */
export async function judgedAddresses(
  question: ReachQuestion,
): Promise<{ readonly ok: true; readonly addresses: readonly IpAddress[] } | EgressRefusal> {
  const { target, policy, network, limits, signal } = question;
  const before = judgeHost(target, policy);
  if (!before.ok) return before;
  const found =
    target.address === undefined
      ? await inTime(network.resolve(target.host), limits.resolveMs, signal)
      : { ok: true as const, value: [target.host] };
  if (!found.ok) return egressRefusal(found.reason === "failed" ? "resolve-failed" : found.reason);
  const addresses = found.value.map((text) => parseIp(text));
  const known = addresses.filter((address) => address !== undefined);
  // An address that we cannot read is one that we cannot judge.
  if (known.length !== addresses.length) return egressRefusal("resolve-failed");
  const verdict = judgeAddresses(target, known, policy);
  if (!verdict.ok) return verdict;
  const isOwn = target.port === question.ownPort && known.some((ip) => classifyAddress(ip) === "loopback");
  return isOwn ? egressRefusal("own-proxy") : { ok: true, addresses: known };
}

/** Tries the judged addresses in their order. The socket of the result is connected, and the caller's to end. */
export async function dialJudged(
  addresses: readonly IpAddress[],
  question: ReachQuestion,
): Promise<{ readonly ok: true; readonly socket: Socket } | EgressRefusal> {
  const { target, network, limits, signal } = question;
  let refusal = egressRefusal("connect-failed");
  for (const address of addresses.slice(0, limits.dialAddresses)) {
    if (signal.aborted) return egressRefusal("closed");
    const socket = network.dial(formatIp(address), target.port);
    const tried = await inTime(connected(socket), limits.dialMs, signal);
    if (tried.ok) return { ok: true, socket };
    socket.destroy();
    refusal = egressRefusal(tried.reason === "failed" ? "connect-failed" : tried.reason);
  }
  return refusal;
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.once("close", () => {
      reject(new Error("closed"));
    });
    socket.once("connect", () => {
      resolve();
    });
  });
}

type InTime<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: "failed" | "timed-out" | "closed" };

async function inTime<Value>(
  work: Promise<Value>,
  limitMs: number,
  signal: AbortSignal,
): Promise<InTime<Value>> {
  const { promise: end, resolve } = withResolvers<InTime<Value>>();
  const timer = setTimeout(() => {
    resolve({ ok: false, reason: "timed-out" });
  }, limitMs);
  const onAbort = (): void => {
    resolve({ ok: false, reason: "closed" });
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  const done = work.then(
    (value): InTime<Value> => ({ ok: true, value }),
    (): InTime<Value> => ({ ok: false, reason: "failed" }),
  );
  try {
    return await Promise.race([done, end]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function withResolvers<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
