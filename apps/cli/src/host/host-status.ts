import { VERSION } from "../version.ts";
import type { NodeFile } from "./node-file.ts";
import type { NodeHost } from "./node-host.ts";
import type { PolicyStore } from "./policy-store.ts";
import type { Redact } from "./redact.ts";

/** The answer of the control socket to `status`: one JSON document, documented in docs/decisions.md. */
export interface StatusDocument {
  readonly ok: true;
  readonly pid: number;
  readonly version: string;
  readonly gateway: string;
  readonly deviceId: string;
  readonly nodeId: string;
  readonly displayName: string | undefined;
  readonly link: {
    readonly phase: string;
    readonly since: number;
    readonly why?: string;
    readonly retryAt?: number;
    readonly requestId?: string;
  };
  readonly surface: { readonly stage: string; readonly requestId?: string };
  readonly activeInvokes: number;
  readonly policy: "ok" | "malformed";
  readonly policyEdits: string;
  readonly gatewayApprovals: string;
}

/** What stays the same while the host runs. */
export interface StatusFacts {
  readonly url: string;
  readonly deviceId: string;
  readonly node: NodeFile;
  readonly policy: PolicyStore;
  /** A Gateway's words may repeat what we told it. */
  readonly redact: Redact;
}

export function describeStatus(host: NodeHost, facts: StatusFacts): StatusDocument {
  const { link, surface, activeInvokes } = host.status;
  return {
    ok: true,
    pid: process.pid,
    version: VERSION,
    gateway: facts.url,
    deviceId: facts.deviceId,
    nodeId: facts.node.nodeId,
    displayName: facts.node.displayName,
    link: {
      phase: link.phase,
      since: link.since,
      ...(link.phase === "waiting" ? { why: facts.redact(link.why), retryAt: link.retryAt } : {}),
      ...(link.phase === "waiting" && link.requestId !== undefined ? { requestId: link.requestId } : {}),
    },
    surface,
    activeInvokes,
    policy: facts.policy.current().kind,
    policyEdits: facts.node.policyEdits ?? "free",
    gatewayApprovals: facts.node.gatewayApprovals ?? "on",
  };
}
