import type { InvokeResultParams } from "@openclaw/protocol";
import type { Connection } from "./connection.ts";
import type { EraRules } from "./era.ts";
import type { DevGatewayEvent, InvokeEnd } from "./events.ts";
import { LIMITS } from "./limits.ts";
import type { DeclaredSurface } from "./surface-store.ts";

/** A node that is connected now; `caps` and `commands` are what it was granted. */
export interface NodeSession {
  readonly nodeId: string;
  readonly connection: Connection;
  readonly declared: DeclaredSurface;
  readonly pathEnv?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly connectedAtMs: number;
  displayName?: string | undefined;
  caps: readonly string[];
  commands: readonly string[];
  hostStats?: Readonly<Record<string, unknown>>;
}

export interface InvokeCall {
  readonly nodeId: string;
  readonly command: string;
  /** Undefined when the caller gave none. */
  readonly params: unknown;
  /** Milliseconds; undefined for the Gateway's own wait. */
  readonly timeoutMs?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  /** When the call reached the Gateway. */
  readonly startedAtMs: number;
  readonly caller?: Connection | undefined;
  /** The run that this call starts, so that its events can be told from others. */
  readonly run?: { readonly runId: string; readonly sessionKey: string } | undefined;
}

export interface FailedInvoke {
  readonly ok: false;
  readonly error: { readonly code?: string; readonly message?: string };
  /** The node may have seen the call. */
  readonly dispatched: boolean;
}

export type InvokeOutcome =
  | { readonly ok: true; readonly payload: unknown; readonly payloadJSON: string | null }
  | FailedInvoke;

interface OpenInvoke {
  readonly id: string;
  readonly call: InvokeCall;
  readonly session: NodeSession;
  readonly settle: (outcome: InvokeOutcome) => void;
  readonly timer: NodeJS.Timeout | undefined;
}

/** Connected nodes and the invokes that wait for their answers. */
export interface NodeRegistry {
  node(nodeId: string): NodeSession | undefined;
  /** Undefined for a connection whose node was taken over by a newer one. */
  sessionOf(connection: Connection): NodeSession | undefined;
  connected(): readonly NodeSession[];
  /** A second connection of the same node takes over. */
  add(session: NodeSession): void;
  invoke(call: InvokeCall): Promise<InvokeOutcome>;
  /** False when nobody waits for this answer. */
  answer(connection: Connection, result: InvokeResultParams): boolean;
  /** From now on this node gets what goes to all nodes that follow a session. */
  follow(nodeId: string): void;
  /** To every listed node that follows a session; it has no `seq`. */
  tellFollowers(event: string, payload: unknown): void;
  hasOpenRun(connection: Connection, runId: string, sessionKey: string): boolean;
  /** The connection ended: its node's invokes fail, and what it asked for itself is cancelled. */
  gone(connection: Connection): void;
}

export interface NodeRegistryParts {
  readonly rules: EraRules;
  readonly now: () => number;
  readonly newId: () => string;
  readonly emit: (event: DevGatewayEvent) => void;
}

export function createNodeRegistry(parts: NodeRegistryParts): NodeRegistry {
  const { rules, now, newId, emit } = parts;
  const sessions = new Map<string, NodeSession>();
  const idOf = new WeakMap<Connection, string>();
  const open = new Map<string, OpenInvoke>();
  const followers = new Set<string>();
  const end = (invoke: OpenInvoke, outcome: InvokeOutcome): void => {
    clearTimeout(invoke.timer);
    open.delete(invoke.id);
    invoke.settle(outcome);
  };
  const cancel = (invoke: OpenInvoke, reason: InvokeEnd, code: string, message: string): void => {
    const { id, session } = invoke;
    if (rules.invokeCancel && reason !== "node-gone") {
      session.connection.event("node.invoke.cancel", { invokeId: id, nodeId: session.nodeId });
    }
    emit({ type: "invoke-cancelled", id, nodeId: session.nodeId, reason });
    end(invoke, { ok: false, error: { code, message }, dispatched: true });
  };
  const expire = (id: string): void => {
    const invoke = open.get(id);
    if (invoke !== undefined) cancel(invoke, "timeout", "TIMEOUT", "node invoke timed out");
  };
  const send = (session: NodeSession, call: InvokeCall, settle: OpenInvoke["settle"]): void => {
    const id = newId();
    const wait = call.timeoutMs ?? LIMITS.invokeTimeoutMs;
    // In the newest era zero waits for as long as the node takes.
    const timer = wait === 0 && rules.invokeCancel ? undefined : setTimeout(expire, wait, id);
    open.set(id, { id, call, session, settle, timer });
    const request = requestPayload(id, call, rules.invokeCancel ? now() : undefined);
    session.connection.event("node.invoke.request", request);
    const { nodeId, command } = call;
    emit({ type: "invoke-sent", id, nodeId, command, paramsJSON: request.paramsJSON });
  };
  return {
    node: (nodeId) => sessions.get(nodeId),
    sessionOf: (connection) => {
      const session = sessions.get(idOf.get(connection) ?? "");
      return session?.connection === connection ? session : undefined;
    },
    connected: () => [...sessions.values()],
    add: (session) => {
      sessions.set(session.nodeId, session);
      idOf.set(session.connection, session.nodeId);
    },
    invoke: (call) =>
      new Promise((resolve) => {
        const session = sessions.get(call.nodeId);
        if (session === undefined || !session.connection.open) {
          resolve(failure("NOT_CONNECTED", "node not connected"));
        } else if (countOpen(open, call.nodeId) >= LIMITS.openInvokes) {
          resolve(failure("UNAVAILABLE", "too many open invokes for this node"));
        } else send(session, call, resolve);
      }),
    answer: (connection, result) => {
      const invoke = open.get(result.id);
      if (invoke === undefined || invoke.session.connection !== connection) {
        emit({ type: "late-answer", id: result.id, nodeId: result.nodeId });
        return false;
      }
      const { nodeId, command } = invoke.call;
      const { id, ok } = result;
      const error = definedError(result.error);
      emit({ type: "invoke-answered", id, nodeId, command, ok, ...(ok ? {} : { error }) });
      end(invoke, ok ? success(result) : { ok, error, dispatched: true });
      return true;
    },
    hasOpenRun: (connection, runId, sessionKey) =>
      [...open.values()].some(
        ({ session, call }) =>
          session.connection === connection &&
          call.run?.runId === runId &&
          call.run.sessionKey === sessionKey,
      ),
    follow: (nodeId) => void followers.add(nodeId),
    tellFollowers: (event, payload) => {
      for (const nodeId of followers) sessions.get(nodeId)?.connection.event(event, payload);
    },
    gone: (connection) => {
      const nodeId = idOf.get(connection);
      for (const invoke of open.values()) {
        const { session } = invoke;
        // The older Gateways take the end of a replaced socket for the end of the node.
        if (session.connection === connection || (rules.oldSocketEndsNode && session.nodeId === nodeId)) {
          const text = `node disconnected (${invoke.call.command})`;
          cancel(invoke, "node-gone", "DISCONNECTED", text);
        } else if (invoke.call.caller === connection && rules.invokeCancel) {
          cancel(invoke, "operator-gone", "CANCELLED", "operator disconnected");
        }
      }
      if (nodeId === undefined) return;
      const current = sessions.get(nodeId)?.connection === connection;
      if (!current && !rules.oldSocketEndsNode) return;
      sessions.delete(nodeId);
      followers.delete(nodeId);
    },
  };
}

interface RequestPayload {
  readonly id: string;
  readonly nodeId: string;
  readonly command: string;
  readonly paramsJSON: string | null;
  readonly timeoutMs?: number;
  readonly idempotencyKey?: string;
}

/** The event for the node; with `now` the time-out is always named and counts the time gone by. */
function requestPayload(id: string, call: InvokeCall, now: number | undefined): RequestPayload {
  const { nodeId, command, params, idempotencyKey } = call;
  const wait = call.timeoutMs ?? LIMITS.invokeTimeoutMs;
  const left = wait === 0 ? 0 : Math.max(1, wait - ((now ?? 0) - call.startedAtMs));
  const timeoutMs = now === undefined ? call.timeoutMs : left;
  return {
    id,
    nodeId,
    command,
    paramsJSON: params === undefined ? null : JSON.stringify(params),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function countOpen(open: ReadonlyMap<string, OpenInvoke>, nodeId: string): number {
  let count = 0;
  for (const invoke of open.values()) if (invoke.session.nodeId === nodeId) count += 1;
  return count;
}

function failure(code: string, message: string): InvokeOutcome {
  return { ok: false, error: { code, message }, dispatched: false };
}

function definedError(error: InvokeResultParams["error"]): FailedInvoke["error"] {
  return {
    ...(error?.code === undefined ? {} : { code: error.code }),
    ...(error?.message === undefined ? {} : { message: error.message }),
  };
}

/** The text form wins over the value; text that is not JSON is handed on as text. */
function success(result: InvokeResultParams): InvokeOutcome {
  const text = result.payloadJSON ?? null;
  if (text === null) return { ok: true, payload: result.payload, payloadJSON: null };
  try {
    return { ok: true, payload: JSON.parse(text) as unknown, payloadJSON: text };
  } catch {
    return { ok: true, payload: undefined, payloadJSON: text };
  }
}
