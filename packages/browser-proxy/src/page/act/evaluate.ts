import type { CDPSession } from "playwright-core";

import { browserProxyLimits } from "../../limits.ts";
import { dialogOpened } from "../../session/dialog-hook.ts";
import { rawTextField, textField } from "../fields.ts";
import { elementError } from "../page-error.ts";
import type { PageContext } from "../page-route.ts";
import { scriptFunction } from "../page-script.ts";
import { locateField } from "../refs/locate.ts";
import { operationFailed, RouteRefusal } from "../route-refusal.ts";
import { actionBounds, unlessAborted } from "../within.ts";
import { badAction, waitMs } from "./act-context.ts";
import type { ActRequest, ActResult } from "./act-context.ts";

/** In which a page that is not busy answers, in milliseconds. */
const probeMs = 250;
const docsLine = "\nDocs: /gateway/configuration#browser-openclaw-managed-browser";

/** Evaluates an expression or a function in the page; with an element, the function is given it. */
export async function evaluate(request: ActRequest): ActResult {
  const { context, fields } = request;
  requireEvaluation(context, "act:evaluate");
  const text = readFunction(request);
  if (text === undefined) throw badAction(request, "fn is required");
  const isOnElement = textField(fields, "ref") !== undefined || textField(fields, "selector") !== undefined;
  const located = isOnElement ? await locateField(context, fields) : undefined;
  const limit = waitMs(request);
  const script = scriptFunction(evaluation(text));
  const json = await unlessStuck(context, limit, () =>
    located === undefined
      ? context.page.evaluate(script)
      : located.locator.evaluate(script, undefined, actionBounds(context, limit)).catch((error: unknown) => {
          throw elementError(error, located.shown);
        }),
  );
  return { result: parsed(json) };
}

/** 403 when the owner has switched evaluation off. */
export function requireEvaluation({ evaluateEnabled, era }: PageContext, what: string): void {
  if (evaluateEnabled) return;
  const code = era === "2026.9" ? { code: "ACT_EVALUATE_DISABLED" } : {};
  const sentence = `${what} is disabled by config (browser.evaluateEnabled=false).${docsLine}`;
  throw new RouteRefusal(403, sentence, code);
}

/** `fn` without what would end the parentheses around it. */
export function readFunction({ fields }: ActRequest): string | undefined {
  const text = rawTextField(fields, "fn", browserProxyLimits.functionChars) ?? "";
  let end = text.length;
  // Not by a pattern for the end of a text: it would be tried at every place of a long one.
  while (end > 0 && /[;\s]/.test(text.charAt(end - 1))) end -= 1;
  return end === 0 ? undefined : text.slice(0, end);
}

/**
 * Ends with the call and with the limit; a script that still runs then is stopped, so that the page can be used again.
 */
export async function unlessStuck<Value>(
  context: PageContext,
  limitMs: number,
  work: () => Promise<Value>,
): Promise<Value> {
  // Asked for before: a page that is stuck does not open a session.
  const session = await unlessAborted(context, context.cdp());
  const timer = new AbortController();
  const timeout = setTimeout(() => {
    timer.abort(operationFailed(`the page did not answer within ${String(limitMs)} ms`));
  }, limitMs);
  const signal = AbortSignal.any([context.signal, timer.signal]);
  try {
    return await unlessAborted({ signal }, work());
  } finally {
    clearTimeout(timeout);
    if (isOver(signal)) await stopBusyScript(session);
  }
}

/** Whether nobody waits any more. A script that waits for a dialog goes on with the answer. */
export function isOver({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason !== dialogOpened;
}

/** Ends a script that keeps the page busy. Only where one runs: otherwise the order would hit the next script. */
export async function stopBusyScript(session: CDPSession): Promise<void> {
  const probe = session.send("Runtime.evaluate", { expression: "1" }).then(
    () => true,
    () => true,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, probeMs);
  });
  const isIdle = await Promise.race([probe, late]);
  clearTimeout(timer);
  if (!isIdle) await session.send("Runtime.terminateExecution").catch(() => undefined);
}

/** The result as JSON text, made in the page: what is no JSON fails there, with a sentence. */
function evaluation(text: string): string {
  return `async (element) => {
  const given = (
${text}
);
  const result = await (typeof given === "function" ? given(element) : given);
  const json = JSON.stringify(result);
  if (json !== undefined && json.length > ${String(browserProxyLimits.resultChars)})
    throw new Error("the result is over its limit of ${String(browserProxyLimits.resultChars)} characters; return less");
  return json;
}`;
}

function parsed(json: unknown): unknown {
  if (typeof json !== "string") return undefined;
  if (json.length > browserProxyLimits.resultChars)
    throw operationFailed("the result is over its limit; return less");
  try {
    return JSON.parse(json);
  } catch {
    throw operationFailed("the page gave a result that is no JSON");
  }
}
