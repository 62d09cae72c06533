import { hostOfUrl, parsedUrl } from "../address/page-host.ts";
import type { ReachPolicy } from "../address/reach-policy.ts";
import type { EgressReason } from "../egress/egress-record.ts";
import { judgedAddresses } from "../egress/reach-host.ts";
import type { EgressNetwork } from "../egress/reach-host.ts";
import { browserProxyLimits } from "../limits.ts";

export type JudgeElsewhere = (address: string, signal: AbortSignal) => Promise<EgressReason | undefined>;

/**
 * Judges where an address leads as our proxy would, for a browser that does not go through it. The other machine may see
 * another answer of the name service a moment later: this is the best that can be known from here.
 */
export function judgeElsewhere(policy: ReachPolicy, network: EgressNetwork): JudgeElsewhere {
  return async (address, signal) => {
    const url = parsedUrl(address);
    if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
    const target = hostOfUrl(url);
    if (target === undefined) return "bad-url";
    const limits = browserProxyLimits;
    const judged = await judgedAddresses({ target, policy, network, ownPort: 0, limits, signal });
    return judged.ok ? undefined : judged.reason;
  };
}
