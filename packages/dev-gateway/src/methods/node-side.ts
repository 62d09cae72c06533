import {
  nodeEventParamsSchema,
  parseJsonText,
  type InvokeResultParams,
  type NodeEventParams,
} from "@openclaw/protocol";
import * as z from "zod/mini";
import { done, invalidRequest, pairingChanged, type Answer } from "../answers.ts";
import { LIMITS } from "../limits.ts";
import { filledText, isFields } from "../plain-object.ts";
import { nodeMethod, type Call, type MethodTable } from "../method-table.ts";

const none: z.ZodMiniType<object> = z.strictObject({});

/** A payload text that is no text counts as absent, and so does an error that is null. */
const resultSchema: z.ZodMiniType<InvokeResultParams> = z.strictObject({
  id: z.string().check(z.minLength(1)),
  nodeId: z.string().check(z.minLength(1)),
  ok: z.boolean(),
  payload: z.optional(z.unknown()),
  payloadJSON: z.pipe(
    z.optional(z.unknown()),
    z.transform((text: unknown) => (typeof text === "string" ? text : undefined)),
  ),
  error: z.nullish(
    z.strictObject({
      code: z.optional(z.string().check(z.minLength(1))),
      message: z.optional(z.string().check(z.minLength(1))),
    }),
  ),
});

/** What a node may call. Source: protocol sections 4.3 and 4.5. */
export const nodeSideMethods: MethodTable = {
  "node.invoke.result": nodeMethod(resultSchema, result),
  "node.event": nodeMethod(nodeEventParamsSchema, event),
  "skills.bins": nodeMethod(none, () => done({ bins: [] })),
};

function result(call: Call<InvokeResultParams>): Answer {
  const { parts, connection, params } = call;
  const nodeId = parts.nodes.sessionOf(connection)?.nodeId ?? call.session.deviceId;
  if (params.nodeId !== nodeId) return invalidRequest("nodeId mismatch");
  return done(parts.nodes.answer(connection, params) ? { ok: true } : { ok: true, ignored: true });
}

const EXEC_EVENTS = ["exec.started", "exec.finished", "exec.denied"];

function event(call: Call<NodeEventParams>): Answer {
  const { parts, connection, params } = call;
  const node = parts.nodes.sessionOf(connection);
  const newest = parts.rules.era === "2026.9";
  if (newest && (node === undefined || parts.surfaces.approved(node.nodeId) === undefined)) {
    return pairingChanged("while invocation was active");
  }
  const payload = eventPayload(params);
  const nodeId = node?.nodeId ?? connection.id;
  const verdict = judgeEvent(call, payload);
  parts.emit({ type: "node-event", nodeId, event: params.event, payload, handled: verdict.handled });
  const { handled, reason } = verdict;
  const told = newest || (parts.rules.eventVerdicts === "exec" && TOLD_BEFORE.includes(reason ?? ""));
  if (!told || reason === undefined) return done({ ok: true });
  return done({ ok: true, event: params.event, handled, reason });
}

/** What the era before the newest already told about. */
const TOLD_BEFORE = ["unmatched_exec_event", "persisted"];

interface EventVerdict {
  readonly handled: boolean;
  readonly reason?: string;
}

function judgeEvent(call: Call<NodeEventParams>, payload: unknown): EventVerdict {
  const { parts, connection, params } = call;
  if (EXEC_EVENTS.includes(params.event)) {
    if (!parts.rules.execEventsMatched || payload === undefined) return { handled: true };
    const runId = filledText(isFields(payload) ? payload["runId"] : undefined);
    const sessionKey = filledText(isFields(payload) ? payload["sessionKey"] : undefined) ?? "node";
    const matched = runId !== undefined && parts.nodes.hasOpenRun(connection, runId, sessionKey);
    return matched ? { handled: true } : { handled: false, reason: "unmatched_exec_event" };
  }
  // The newest era looks the session up first; there it is not played.
  if (params.event === "chat.subscribe" && parts.rules.era !== "2026.9") {
    const { deviceId } = call.session;
    const sessionKey = filledText(isFields(payload) ? payload["sessionKey"] : undefined);
    if (deviceId !== undefined && sessionKey !== undefined) parts.nodes.follow(deviceId);
    return { handled: true };
  }
  if (params.event === "node.host.stats") return hostStats(call, payload);
  if (params.event === "node.presence.alive") return { handled: true, reason: "persisted" };
  return { handled: false, reason: "unsupported_event" };
}

const statsSchema = z.object({
  cpuCount: z.number(),
  loadAverage: z.optional(z.array(z.number())),
  memoryTotalBytes: z.number(),
  memoryFreeBytes: z.number(),
  diskTotalBytes: z.optional(z.number()),
  diskAvailableBytes: z.optional(z.number()),
});

function hostStats({ parts, connection }: Call<NodeEventParams>, payload: unknown): EventVerdict {
  const stats = statsSchema.safeParse(payload);
  if (!stats.success) return { handled: false, reason: "invalid_payload" };
  const node = parts.nodes.sessionOf(connection);
  if (node !== undefined) node.hostStats = { ...stats.data, updatedAtMs: parts.now() };
  return { handled: true, reason: "updated" };
}

/** The text form wins; text that is not JSON counts as no payload. */
function eventPayload(params: NodeEventParams): unknown {
  if (params.payloadJSON === undefined || params.payloadJSON === null) return params.payload;
  const parsed = parseJsonText(params.payloadJSON, "payload", undefined, LIMITS.jsonDepth);
  return parsed.ok ? parsed.value : undefined;
}
