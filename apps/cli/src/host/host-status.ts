import { effectivePolicy } from "@openclaw/approvals";
import type { BrowserView, HostBrowser } from "../browser/host-browser.ts";
import { VERSION } from "../version.ts";
import { takenCommands } from "./approved-commands.ts";
import type { LinkProblem } from "./last-problem.ts";
import type { NodeFile } from "./node-file.ts";
import type { NodeHost } from "./node-host.ts";
import type { NodePause, PauseView } from "./pause.ts";
import type { PolicyStore } from "./policy-store.ts";
import type { Redact } from "./redact.ts";

/** What the link is doing; times in milliseconds since the epoch. */
export interface LinkView {
  readonly phase: string;
  /** The finer word; hosts of earlier releases have none. */
  readonly state?: string | undefined;
  /** What comes next. */
  readonly next?: string | undefined;
  readonly since: number;
  readonly cause?: string | undefined;
  readonly why?: string | undefined;
  readonly retryAt?: number | undefined;
  readonly requestId?: string | undefined;
  /** Of the last ping, while connected; milliseconds. */
  readonly roundTripMs?: number | undefined;
  /** Of the Gateway, while connected. */
  readonly gatewayVersion?: string | undefined;
  readonly protocol?: number | undefined;
}

/** How far the approval of this node's commands is. */
export interface SurfaceView {
  readonly stage: string;
  readonly requestId?: string | undefined;
  /** What was added since the last approval and is not approved, where that is known. */
  readonly added?: readonly string[] | undefined;
  /** What the node offers. */
  readonly declared?: readonly string[] | undefined;
  /** What of it the Gateway takes; absent where the node cannot know. */
  readonly approved?: readonly string[] | undefined;
}

/** The policy in force for runs that name no agent. */
export interface PolicyView {
  readonly path: string;
  readonly security: string;
  readonly ask: string;
  readonly askFallback: string;
}

/** Runs that have a place, that wait for one, and how many places there are. */
export interface RunsView {
  readonly active: number;
  readonly queued: number;
  readonly limit: number;
}

/** What finds the processes of a run when it has to end. */
export interface ContainmentView {
  readonly kind: string;
  /** Why not in a better way; absent for the best that the platform has. */
  readonly whyNotBetter?: string | undefined;
}

/** The answer of the control socket to `status`: one JSON document, documented in docs/service.md. */
export interface StatusDocument {
  readonly ok: true;
  readonly pid: number;
  readonly version: string;
  readonly gateway: string;
  readonly deviceId: string;
  readonly nodeId: string;
  readonly displayName: string | undefined;
  readonly startedAt: number;
  readonly link: LinkView;
  readonly surface: SurfaceView;
  /** What went wrong with the link the last time; absent when nothing ever did. */
  readonly lastError?: LinkProblem;
  readonly activeInvokes: number;
  readonly runs: RunsView;
  readonly containment: ContainmentView;
  /** Absent where the configuration switches the browser off. */
  readonly browser?: { readonly running: readonly BrowserView[] };
  /** Absent while runs may start. */
  readonly paused?: PauseView;
  readonly policy: "ok" | "malformed";
  readonly approvals: PolicyView;
  readonly policyEdits: string;
  readonly gatewayApprovals: string;
  /** `end` or `continue`: what becomes of runs whose connection is lost. */
  readonly onDisconnect: string;
}

/** What stays the same while the host runs. */
export interface StatusFacts {
  readonly url: string;
  readonly deviceId: string;
  readonly node: NodeFile;
  readonly policy: PolicyStore;
  readonly pause: Pick<NodePause, "current">;
  readonly slots: RunsView;
  readonly containment: ContainmentView;
  readonly browser?: Pick<HostBrowser, "running"> | undefined;
  /** A Gateway's words may repeat what we told it. */
  readonly redact: Redact;
}

export function describeStatus(host: NodeHost, facts: StatusFacts): StatusDocument {
  const { link, surface, declared, activeInvokes, problem, roundTripMs } = host.status;
  const approved = takenCommands(declared, surface);
  const policy = facts.policy.current();
  const { security, ask, askFallback } = effectivePolicy(policy, undefined);
  const paused = facts.pause.current();
  const { kind, whyNotBetter } = facts.containment;
  return {
    ok: true,
    pid: process.pid,
    version: VERSION,
    gateway: facts.url,
    deviceId: facts.deviceId,
    nodeId: facts.node.nodeId,
    displayName: facts.node.displayName,
    startedAt: Math.round(performance.timeOrigin),
    link: {
      phase: link.phase,
      state: link.state,
      since: link.since,
      why: facts.redact(link.why),
      next: link.next,
      ...(link.phase === "waiting" ? { cause: link.cause, retryAt: link.retryAt } : {}),
      ...(link.phase === "waiting" && link.requestId !== undefined ? { requestId: link.requestId } : {}),
      ...(link.phase === "ready"
        ? {
            gatewayVersion: link.hello.server.version,
            protocol: link.hello.protocol,
            ...(roundTripMs === undefined ? {} : { roundTripMs: Math.round(roundTripMs * 10) / 10 }),
          }
        : {}),
    },
    surface: { ...surface, declared, ...(approved === undefined ? {} : { approved }) },
    ...(problem === undefined ? {} : { lastError: { ...problem, why: facts.redact(problem.why) } }),
    activeInvokes,
    runs: { active: facts.slots.active, queued: facts.slots.queued, limit: facts.slots.limit },
    containment: { kind, ...(whyNotBetter === undefined ? {} : { whyNotBetter }) },
    ...(facts.browser === undefined ? {} : { browser: { running: facts.browser.running } }),
    ...(paused === undefined ? {} : { paused }),
    policy: policy.kind,
    approvals: {
      path: facts.policy.path,
      security: security.value,
      ask: ask.value,
      askFallback: askFallback.value,
    },
    policyEdits: facts.node.policyEdits ?? "free",
    gatewayApprovals: facts.node.gatewayApprovals ?? "on",
    onDisconnect: facts.node.onDisconnect ?? "end",
  };
}
