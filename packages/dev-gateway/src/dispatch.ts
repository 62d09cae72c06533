import * as z from "zod/mini";
import { invalidRequest, pairingChanged, unavailable, type Answer } from "./answers.ts";
import { CLOSES } from "./close-codes.ts";
import type { Connection, Session } from "./connection.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import type { CallContext, Method, MethodTable } from "./method-table.ts";
import { missingScope } from "./missing-scope.ts";
import { isFields } from "./plain-object.ts";
import { check } from "./validation-text.ts";

interface Request {
  readonly type: "req";
  readonly id: string;
  readonly method: string;
  readonly params?: unknown;
  readonly traceparent?: string | undefined;
}

export const requestSchema: z.ZodMiniType<Request> = z.strictObject({
  type: z.literal("req"),
  id: z.string().check(z.minLength(1)),
  method: z.string().check(z.minLength(1)),
  params: z.optional(z.unknown()),
  traceparent: z.optional(z.string().check(z.maxLength(128))),
});

/** Takes one JSON value of a client that has said hello. */
export function dispatch(
  parts: GatewayParts,
  methods: MethodTable,
  connection: Connection,
  session: Session,
  value: unknown,
): void {
  const frame = check(requestSchema, value, parts.rules);
  if (!frame.ok) {
    const id = isFields(value) ? value["id"] : undefined;
    connection.answer(id ?? "invalid", invalidRequest(`invalid request frame: ${frame.text}`));
    return;
  }
  const { id, method: name, params } = frame.value;
  let answered = false;
  const answer = (given: Answer): void => {
    if (answered) return;
    answered = true;
    connection.answer(id, given);
  };
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  const refusal = callRefusal(parts, session, name, method);
  if (refusal !== undefined || method === undefined) {
    answer(refusal ?? invalidRequest(`unknown method: ${name}`));
    if (refusal !== undefined) countRefusal(parts, connection);
    return;
  }
  const superseded = supersededRefusal(parts, connection, session);
  if (superseded !== undefined) {
    answer(superseded);
    return;
  }
  const context = { parts, connection, session, at: parts.now(), answerNow: answer };
  void runMethod(name, method, context, params ?? {}).then(answer);
}

/** A handler that fails is a defect of this program; the caller gets an answer all the same. */
async function runMethod(
  name: string,
  method: Method,
  context: CallContext,
  params: unknown,
): Promise<Answer> {
  try {
    const result = await method.run(context, params);
    return typeof result === "string" ? invalidRequest(`invalid ${name} params: ${result}`) : result;
  } catch (error) {
    context.parts.log(`${name} failed: ${error instanceof Error ? error.message : "unknown"}`);
    return unavailable("internal error");
  }
}

/** An unknown method is only a mistake; what a client may not do counts. */
function countRefusal(parts: GatewayParts, connection: Connection): void {
  connection.refusedCalls += 1;
  const limit = parts.rules.refusedCalls;
  if (limit === undefined || connection.refusedCalls !== limit) return;
  if (parts.rules.era === "2026.9") connection.close(CLOSES.repeatedCalls);
  // The older eras still answer what has already come in.
  else setImmediate(() => connection.close(CLOSES.repeatedCalls));
}

/** Role first, then scope; what does not exist needs an administrator to be named so. */
function callRefusal(
  parts: GatewayParts,
  session: Session,
  name: string,
  method: Method | undefined,
): Answer | undefined {
  if (session.role === "node") {
    return method?.role === "node" ? undefined : invalidRequest("unauthorized role: node");
  }
  if (name === "connect") return invalidRequest("connect is only valid as the first request");
  if (method === undefined) return missingScope(parts.rules, session, ["operator.admin"]);
  if (method.role !== "operator") return invalidRequest("unauthorized role: operator");
  return method.scope === undefined ? undefined : missingScope(parts.rules, session, [method.scope]);
}

/** A socket whose node was taken over by a newer one is not listened to any more. */
function supersededRefusal(
  parts: GatewayParts,
  connection: Connection,
  session: Session,
): Answer | undefined {
  if (parts.rules.era !== "2026.9" || session.role !== "node") return undefined;
  return parts.nodes.sessionOf(connection) === undefined
    ? pairingChanged("before request dispatch")
    : undefined;
}
