import type { OperatorScope, Role } from "@openclaw/protocol";
import type * as z from "zod/mini";
import type { Answer } from "./answers.ts";
import type { Connection, Session } from "./connection.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { check } from "./validation-text.ts";

/** Everything about a request but its params. */
export interface CallContext {
  readonly parts: GatewayParts;
  readonly connection: Connection;
  readonly session: Session;
  /** When the request arrived, milliseconds since the epoch. */
  readonly at: number;
  /** Answers the request before the handler has returned; its own answer is then dropped. */
  readonly answerNow: (answer: Answer) => void;
}

export interface Call<P> extends CallContext {
  readonly params: P;
}

export type Handler<P> = (call: Call<P>) => Answer | Promise<Answer>;

export interface Method {
  readonly role: Role;
  /** What an operator needs to call it. */
  readonly scope?: OperatorScope;
  /** Checks the params and runs the handler; a text says what is wrong with the params. */
  readonly run: (context: CallContext, params: unknown) => Answer | Promise<Answer> | string;
}

export type MethodTable = Readonly<Record<string, Method>>;

export function operatorMethod<P>(
  scope: OperatorScope,
  schema: z.core.$ZodType<P>,
  handler: Handler<P>,
): Method {
  return { role: "operator", scope, run: checked(schema, handler) };
}

export function nodeMethod<P>(schema: z.core.$ZodType<P>, handler: Handler<P>): Method {
  return { role: "node", run: checked(schema, handler) };
}

function checked<P>(schema: z.core.$ZodType<P>, handler: Handler<P>): Method["run"] {
  return (context, raw) => {
    const params = check(schema, raw, context.parts.rules);
    return params.ok ? handler({ ...context, params: params.value }) : params.text;
  };
}
