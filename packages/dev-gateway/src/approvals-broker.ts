import type { ApprovalRequest } from "./approval-request.ts";
import type { DevGatewayEvent } from "./events.ts";
import { LIMITS } from "./limits.ts";

export type Decision = "allow-once" | "allow-always" | "deny";
export type TerminalReason = "user" | "timeout" | "no-route";

/** One question to an operator. Times are milliseconds since the epoch. */
export interface Approval {
  readonly id: string;
  readonly request: ApprovalRequest;
  readonly requestedBy: { readonly connId: string; readonly deviceId?: string | undefined };
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly decision: Decision | null;
  /** Undefined while the question is open. */
  readonly terminalReason: TerminalReason | undefined;
  /** A run took it; "allow once" is then spent. */
  readonly used: boolean;
}

/** Questions to operators: asked, waited for, decided, used. Source: exec section 2.6. */
export interface ApprovalsBroker {
  /** Undefined when the id is taken or too many are open. */
  open(request: ApprovalRequest, by: Approval["requestedBy"]): Approval | undefined;
  /** Resolves once it ended; undefined for an unknown id. */
  wait(id: string): Promise<Approval> | undefined;
  /** Ends an open question; does nothing to one that has ended. */
  end(id: string, decision: Decision | null, reason: TerminalReason, by?: string): void;
  get(id: string): Approval | undefined;
  /** The open ones. */
  list(): readonly Approval[];
  markUsed(id: string): void;
  close(): void;
}

export interface ApprovalsBrokerParts {
  readonly now: () => number;
  readonly newId: () => string;
  readonly emit: (event: DevGatewayEvent) => void;
  /** Called when a question has ended; `by` names the client that answered it. */
  readonly ended: (approval: Approval, by: string | null) => void;
}

interface Held {
  approval: Approval;
  readonly ended: Promise<void>;
  readonly release: () => void;
  timer: NodeJS.Timeout;
}

export function createApprovalsBroker(parts: ApprovalsBrokerParts): ApprovalsBroker {
  const { now, newId, emit } = parts;
  const held = new Map<string, Held>();
  const end = (
    id: string,
    decision: Decision | null,
    reason: TerminalReason,
    by: string | null = null,
  ): void => {
    const entry = held.get(id);
    if (entry === undefined || entry.approval.terminalReason !== undefined) return;
    clearTimeout(entry.timer);
    // The one who asked may look and use it for a little while.
    entry.timer = setTimeout(() => held.delete(id), LIMITS.approvalGraceMs).unref();
    entry.approval = { ...entry.approval, decision, terminalReason: reason };
    entry.release();
    emit({ type: "approval-resolved", id, decision });
    parts.ended(entry.approval, by);
  };
  return {
    open: (request, by) => {
      const id = request.id ?? newId();
      if (held.has(id) || held.size >= LIMITS.openApprovals) return undefined;
      const wait = Math.min(request.timeoutMs ?? LIMITS.approvalMs, LIMITS.approvalMaxMs);
      const createdAtMs = now();
      const approval: Approval = {
        id,
        request,
        requestedBy: by,
        createdAtMs,
        expiresAtMs: createdAtMs + wait,
        decision: null,
        terminalReason: undefined,
        used: false,
      };
      const { promise, release } = gate();
      const timer = setTimeout(() => end(id, null, "timeout"), wait).unref();
      held.set(id, { approval, ended: promise, release, timer });
      const command = request.systemRunPlan?.commandText ?? request.command ?? "";
      emit({ type: "approval-requested", id, command });
      return approval;
    },
    wait: (id) => {
      const entry = held.get(id);
      return entry?.ended.then(() => entry.approval);
    },
    end,
    get: (id) => held.get(id)?.approval,
    list: () =>
      [...held.values()]
        .map(({ approval }) => approval)
        .filter(({ terminalReason }) => terminalReason === undefined),
    markUsed: (id) => {
      const entry = held.get(id);
      if (entry !== undefined) entry.approval = { ...entry.approval, used: true };
    },
    close: () => {
      for (const entry of held.values()) {
        clearTimeout(entry.timer);
        entry.release();
      }
      held.clear();
    },
  };
}

function gate(): { readonly promise: Promise<void>; readonly release: () => void } {
  let release: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}
