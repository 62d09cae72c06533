import { readConfig } from "@openclaw/config-store";
import { ConnectionError, type GatewayEndpoint, type Session } from "@openclaw/gateway-connection";
import {
  parseWith,
  type EventFrame,
  type HelloOk,
  type OperatorMethod,
  type OperatorMethodParams,
} from "@openclaw/protocol";
import type { core } from "zod/mini";
import { numberOption, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { headerOptions } from "../host/gateway-headers.ts";
import { gatewayWay } from "../host/gateway-way.ts";
import { trustOptions } from "../host/gateway-trust.ts";
import { printable } from "../output/printable.ts";
import { statePathsFor } from "../state.ts";
import { connectOperator } from "./connect-operator.ts";
import { chooseGateway } from "./gateway-choice.ts";
import { OPERATOR_LIMITS } from "./limits.ts";
import { openOperatorHome } from "./operator-home.ts";
import { describeRequestFailure } from "./request-failure.ts";

/** One connection to a Gateway for the length of one command. */
export interface OperatorGateway {
  readonly endpoint: GatewayEndpoint;
  readonly hello: HelloOk;
  /** The operator's own device id. */
  readonly deviceId: string;
  /** Does this Gateway have the method at all? */
  has(method: string): boolean;
  /** Calls a method; throws CliError or ConnectionError with a sentence for a person. */
  call<M extends OperatorMethod>(
    method: M,
    params: OperatorMethodParams[M],
    options?: CallOptions,
  ): Promise<unknown>;
  /** Hears events from now on. */
  onEvent(listener: (event: EventFrame) => void): void;
  /** Opens a second connection that lasts as long as the first: a colleague who could answer a question of ours. */
  standBy(): Promise<void>;
  /** Forgets the device token of this Gateway, for example after its device was removed. */
  dropToken(): Promise<void>;
}

export interface CallOptions {
  /** Milliseconds; default `--timeout`, else 10 s. */
  readonly timeoutMs?: number;
}

/** Connects, does the work, and closes, whatever happens. */
export async function withGateway<T>(
  input: CommandInput,
  io: CommandIo,
  work: (gateway: OperatorGateway) => Promise<T>,
): Promise<T> {
  const paths = statePathsFor(input, io);
  const choice = chooseGateway({
    url: stringOption(input, "url"),
    token: stringOption(input, "token"),
    password: stringOption(input, "password"),
    tls: trustOptions(input),
    env: io.env,
    config: () => readConfig(paths, io.env),
  });
  const { warning } = choice.endpoint;
  if (warning !== undefined) io.stderr.write(`openclaw: warning: ${printable(warning)}\n`);
  const home = await openOperatorHome(paths);
  const timeoutMs = requestTimeout(input);
  const listeners: ((event: EventFrame) => void)[] = [];
  const connect = {
    choice,
    home,
    way: gatewayWay({ env: io.env, headers: headerOptions(input), secure: choice.endpoint.secure }),
    timeoutMs,
    onEvent: (event: EventFrame): void => {
      for (const listener of listeners) listener(event);
    },
  };
  const session = await connectOperator(connect);
  const sessions = [session];
  try {
    const methods = new Set(session.hello.features.methods);
    return await work({
      endpoint: choice.endpoint,
      hello: session.hello,
      deviceId: home.identity.deviceId,
      has: (method) => methods.has(method),
      call: (method, params, options) => call(session, method, params, { timeoutMs, ...options }),
      onEvent: (listener) => listeners.push(listener),
      standBy: async () => {
        sessions.push(await connectOperator(connect));
      },
      dropToken: () => home.dropToken(choice.endpoint),
    });
  } finally {
    await Promise.all(sessions.map((open) => open.close()));
  }
}

async function call(
  session: Session,
  method: string,
  params: unknown,
  options: Required<CallOptions>,
): Promise<unknown> {
  try {
    return await session.request(method, params, options);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const { gateway } = error.details;
    if (gateway !== undefined) throw describeRequestFailure(gateway, method, error);
    throw new ConnectionError(error.code, printable(error.message), error.details, { cause: error });
  }
}

/** Checks an answer before it is shown or used; a Gateway is not trusted to be well-formed. */
export function parseAnswer<T>(schema: core.$ZodType<T>, answer: unknown, method: string): T {
  const parsed = parseWith(schema, answer, `the Gateway's answer to ${method}`);
  if (parsed.ok) return parsed.value;
  throw new CliError("bad-answer", printable(parsed.error.message), [
    "is this a Gateway of a version that this program does not know?",
  ]);
}

/** `--timeout`, else the usual time, in milliseconds. */
export function requestTimeout(input: CommandInput, fallback: number = OPERATOR_LIMITS.requestMs): number {
  return timeOption(input, "timeout") ?? fallback;
}

/** An option that names a time in milliseconds. Throws CliError `bad-option`. */
export function timeOption(input: CommandInput, name: string): number | undefined {
  const value = numberOption(input, name);
  if (value === undefined) return undefined;
  if (value < 1 || value > OPERATOR_LIMITS.optionMs) {
    throw new CliError("bad-option", `--${name} must be between 1 and ${OPERATOR_LIMITS.optionMs} ms`);
  }
  return value;
}
