import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { bodyFields, booleanField, listField, rawTextField, textField, timeField } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { browserProxyLimits } from "../../limits.ts";
import { elementError } from "../page-error.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { locateRef } from "../refs/locate.ts";
import type { Located } from "../refs/locate.ts";
import { done, orRefuse, RouteRefusal } from "../route-refusal.ts";
import { actionBounds, unlessAborted } from "../within.ts";

/** For the element that takes the files, in milliseconds. */
const elementMs = 8_000;

/** `POST /hooks/dialog`: answers the dialog that is open, else the next one of the page. */
export async function dialogHookRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const body = bodyFields(call.body);
  const accept = booleanField(body, "accept");
  if (accept === undefined) throw new RouteRefusal(400, "accept is required");
  const promptText = rawTextField(body, "promptText", browserProxyLimits.fieldChars);
  const id = textField(body, "dialogId");
  const isAnswered = await unlessAborted(context, context.tab.dialogs.respond({ accept, promptText, id }));
  if (!isAnswered && id !== undefined)
    throw new RouteRefusal(404, `no dialog \`${id.slice(0, 100)}\` is open; see GET /dialogs`);
  if (!isAnswered) context.tab.dialogs.arm({ accept, promptText, timeoutMs: hookMs(body) });
  return done({ ok: true });
}

/**
 * `POST /hooks/file-chooser`: files for an input that is named, for the chooser that a click opens, or for the next
 * chooser.
 */
export async function fileChooserHookRoute(
  context: PageContext,
  { call }: PageRequest,
): Promise<RouteOutcome> {
  const body = bodyFields(call.body);
  const paths = listField(body, "paths") ?? [];
  if (paths.length === 0) throw new RouteRefusal(400, "paths are required");
  const ref = textField(body, "ref");
  const inputRef = textField(body, "inputRef");
  const element = textField(body, "element");
  if (ref !== undefined && (inputRef !== undefined || element !== undefined))
    throw new RouteRefusal(400, "ref cannot be combined with inputRef/element");
  const { files } = orRefuse(await context.artifacts.readUploads(paths));
  const bounds = actionBounds(context, elementMs);
  if (inputRef !== undefined || element !== undefined) {
    const input =
      inputRef === undefined
        ? { locator: context.page.locator(element ?? ""), shown: element ?? "" }
        : await locateRef(context, inputRef);
    await onElement(context, input, () => input.locator.setInputFiles([...files], bounds));
  } else if (ref === undefined) {
    context.tab.choosers.arm({ files, timeoutMs: hookMs(body) });
  } else {
    const located = await locateRef(context, ref);
    // An older arm would answer the same chooser.
    context.tab.choosers.close();
    const opening = context.page.waitForEvent("filechooser", { timeout: Math.min(hookMs(body), elementMs) });
    opening.catch(() => undefined);
    await onElement(context, located, () => located.locator.click(bounds));
    const chooser = await unlessAborted(context, opening);
    await unlessAborted(context, chooser.setFiles([...files], bounds));
  }
  return done({ ok: true });
}

async function onElement(
  context: PageContext,
  { shown }: Located,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await unlessAborted(context, work());
  } catch (error) {
    throw elementError(error, shown);
  }
}

function hookMs(body: Fields): number {
  return timeField(body, "timeoutMs", { usual: 120_000, least: 500, most: 600_000 });
}
