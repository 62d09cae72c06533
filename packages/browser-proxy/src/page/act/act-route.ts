import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { browserProxyLimits } from "../../limits.ts";
import { bodyFields, booleanField, textField } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { failureOf } from "../page-error.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { done, RouteRefusal } from "../route-refusal.ts";
import { badAction } from "./act-context.ts";
import type { ActRequest, ActResult } from "./act-context.ts";
import { evaluate, isOver, requireEvaluation, stopBusyScript } from "./evaluate.ts";
import { fill, press, select, type } from "./input.ts";
import { click, clickCoords, drag, hover, resize, scrollIntoView } from "./pointer.ts";
import { wait } from "./wait.ts";

const actions: Readonly<Record<string, (request: ActRequest) => ActResult>> = {
  click,
  clickCoords,
  type,
  press,
  hover,
  scrollIntoView,
  drag,
  select,
  fill,
  resize,
  wait,
  evaluate,
  close,
};
/** Kinds whose answer has an address in the older shape, too. */
const withAddress: ReadonlySet<string> = new Set(["click", "clickCoords", "resize", "evaluate", "batch"]);
const selectorHint = `Error: 'selector' is not supported. Use 'ref' from snapshot instead.

Example workflow:
1. snapshot action to get page state with refs
2. act with ref: "e123" to interact with element

This is more reliable for modern SPAs.`;

/** `POST /act` (browser proxy section 8.4) */
export async function actRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const fields = bodyFields(call.body);
  const { page, tab, era } = context;
  const kind = readKind({ context, fields });
  const before = page.url();
  const added = await unlessHung<object | undefined>(context, () =>
    kind === "batch" ? batch(context, fields) : act(context, fields, kind),
  );
  const url = page.isClosed() ? before : page.url();
  return done({
    ok: true,
    targetId: tab.targetId,
    ...(era === "2026.9" || withAddress.has(kind) ? { url } : {}),
    ...added,
  });
}

/** A page that is still busy with what was asked when the call ends would be lost for the next call, too. */
async function unlessHung<Value>(context: PageContext, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (isOver(context.signal) && !context.page.isClosed()) await stopBusyScript(await context.cdp());
    throw error;
  }
}

async function act(context: PageContext, fields: Fields, kind: string, isInBatch = false): ActResult {
  const request = { context, fields, isInBatch };
  if (context.era === "2026.2" && kind !== "wait" && textField(fields, "selector") !== undefined)
    throw new RouteRefusal(400, selectorHint);
  return actions[kind]?.(request);
}

function readKind(request: ActRequest): string {
  const kind = textField(request.fields, "kind");
  if (kind !== undefined && (kind === "batch" || Object.hasOwn(actions, kind))) return kind;
  throw badAction(request, "kind is required", "ACT_KIND_REQUIRED");
}

async function close({ context }: ActRequest): ActResult {
  // The page is not asked: what it wants to keep open would stay for ever.
  await context.page.close({ runBeforeUnload: false });
  return undefined;
}

type StepResult =
  | { readonly ok: true; readonly result?: unknown }
  | { readonly ok: false; readonly error: string };

/** Several actions in one call; the first failure ends it unless `stopOnError` is false. */
async function batch(
  context: PageContext,
  fields: Fields,
): Promise<{ readonly results: readonly unknown[] }> {
  const steps = readSteps({ context, fields }, { left: browserProxyLimits.batchActions }, 1);
  const results: StepResult[] = [];
  await runSteps(context, steps, results);
  return { results };
}

interface Step {
  readonly kind: string;
  readonly fields: Fields;
  readonly inner: readonly Step[];
  readonly stopOnError: boolean;
}

/** Read as a whole before the first action: a batch that is too large or wrong does nothing. */
function readSteps(request: ActRequest, room: { left: number }, depth: number): readonly Step[] {
  const given = request.fields("actions");
  if (!Array.isArray(given) || given.length === 0) throw badAction(request, "actions are required");
  if (depth > browserProxyLimits.batchDepth) throw badAction(request, "batches are nested too deep");
  const entries: readonly unknown[] = given;
  return entries.map((entry): Step => {
    room.left -= 1;
    const { batchActions } = browserProxyLimits;
    if (room.left < 0) throw badAction(request, `a batch takes at most ${String(batchActions)} actions`);
    const fields = bodyFields(entry);
    const { context } = request;
    const kind = readKind({ context, fields });
    const target = textField(fields, "targetId");
    if (target !== undefined && target !== context.tab.targetId && target !== context.tab.tabId)
      throw new RouteRefusal(403, "an action of a batch names another tab than the batch", {
        code: "ACT_TARGET_ID_MISMATCH",
      });
    if (kind === "evaluate") requireEvaluation(context, "act:evaluate");
    if (kind === "wait" && fields("fn") !== undefined) requireEvaluation(context, "wait --fn");
    const inner = kind === "batch" ? readSteps({ context, fields }, room, depth + 1) : [];
    return { kind, fields, inner, stopOnError: booleanField(request.fields, "stopOnError") ?? true };
  });
}

/** Whether all went well, or failures were to be passed over. */
async function runSteps(
  context: PageContext,
  steps: readonly Step[],
  results: StepResult[],
): Promise<boolean> {
  for (const { kind, fields, inner, stopOnError } of steps) {
    if (kind === "batch") {
      if (!(await runSteps(context, inner, results)) && stopOnError) return false;
      continue;
    }
    try {
      results.push({ ok: true, ...(await act(context, fields, kind, true)) });
    } catch (error) {
      results.push({ ok: false, error: failureOf(context, error).error });
      if (stopOnError) return false;
    }
  }
  return true;
}
