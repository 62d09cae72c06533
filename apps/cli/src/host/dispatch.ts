import { StoreError } from "@openclaw/config-store";
import { parseJsonText, parseWith, type BrowserCommand, type InvokeRequest } from "@openclaw/protocol";
import {
  execApprovalsSetParamsSchema,
  systemRunParamsSchema,
  systemRunPrepareParamsSchema,
  systemWhichParamsSchema,
} from "@openclaw/protocol";
import * as z from "zod/mini";
import { declaredCommands, type HostCommand } from "./declared-commands.ts";
import { getExecApprovals, setExecApprovals } from "./handlers/exec-approvals.ts";
import { runSystemRun } from "./handlers/system-run.ts";
import { prepareSystemRun } from "./handlers/system-run-prepare.ts";
import { runSystemWhich } from "./handlers/system-which.ts";
import { refuse, type HostContext, type InvokeAnswer, type InvokeCall } from "./host-context.ts";

interface Route<P> {
  readonly params: z.core.$ZodType<P>;
  readonly handle: (
    params: P,
    call: InvokeCall,
    context: HostContext,
  ) => Promise<InvokeAnswer> | InvokeAnswer;
}

const anyParams = z.unknown();

/** Every node command that this host answers, and nothing else. */
const ROUTES: {
  readonly [C in HostCommand]: (
    text: string | undefined,
    call: InvokeCall,
    context: HostContext,
  ) => Promise<InvokeAnswer>;
} = {
  "system.run": route({ params: systemRunParamsSchema, handle: runSystemRun }),
  "system.run.prepare": route({ params: systemRunPrepareParamsSchema, handle: prepareSystemRun }),
  "system.which": route({ params: systemWhichParamsSchema, handle: runSystemWhich }),
  "system.execApprovals.get": route({ params: anyParams, handle: getExecApprovals }, "optional"),
  "system.execApprovals.set": route({ params: execApprovalsSetParamsSchema, handle: setExecApprovals }),
  "browser.proxy": browserRoute("browser.proxy"),
  "browser.proxy.upload.v1": browserRoute("browser.proxy.upload.v1"),
};

/** From the invoke's text to its answer: parse once, then hand a checked value to the one handler. */
export async function dispatchInvoke(
  request: InvokeRequest,
  call: InvokeCall,
  context: HostContext,
): Promise<InvokeAnswer> {
  const command = declaredCommands({ ...context.node, browser: context.browser !== undefined }).find(
    (name) => name === request.command,
  );
  if (command === undefined) return refuse("UNAVAILABLE", "command not supported");
  try {
    return await ROUTES[command](request.paramsJSON, call, context);
  } catch (error) {
    context.log.error(`${request.command} failed`, { invokeId: request.id, error: String(error) });
    if (!(error instanceof StoreError)) return refuse("UNAVAILABLE", "node invocation failed");
    const code = error.code === "lock-timeout" ? "TIMEOUT" : "UNAVAILABLE";
    return refuse(code, `${code}: ${error.message}`);
  }
}

function route<P>(
  { params, handle }: Route<P>,
  paramsText: "required" | "optional" = "required",
): (text: string | undefined, call: InvokeCall, context: HostContext) => Promise<InvokeAnswer> {
  return async (text, call, context) => {
    if (text === undefined && paramsText === "required") {
      return refuse("INVALID_REQUEST", "INVALID_REQUEST: paramsJSON required");
    }
    const json = parseJsonText(text ?? "null", "paramsJSON");
    if (!json.ok) return refuse("INVALID_REQUEST", `INVALID_REQUEST: ${json.error.message}`);
    const parsed = parseWith(params, json.value, "params");
    if (!parsed.ok) return refuse("INVALID_REQUEST", invalidText(parsed.error.message));
    return await handle(parsed.value, call, context);
  };
}

/** Its code is loaded with the first call: most nodes never get one. */
function browserRoute(
  command: BrowserCommand,
): (text: string | undefined, call: InvokeCall, context: HostContext) => Promise<InvokeAnswer> {
  return async (text, call, context) => {
    if (context.browser === undefined) return refuse("UNAVAILABLE", "command not supported");
    const { answerBrowserCall } = await import("./handlers/browser-proxy.ts");
    return await answerBrowserCall({ command, text, browser: context.browser }, call, context);
  };
}

/** `command required`, `bins required` and the like are what callers look for; their place adds nothing. */
function invalidText(message: string): string {
  const required = /: ([a-z ]+ required)$/u.exec(message);
  return `INVALID_REQUEST: ${required?.[1] ?? message}`;
}
