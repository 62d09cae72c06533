import { browserProxyLimits } from "../../limits.ts";
import {
  bodyFields,
  booleanField,
  listField,
  numberField,
  rawTextField,
  textField,
  timeField,
} from "../fields.ts";
import type { Fields } from "../fields.ts";
import { seekField, seekRef } from "../refs/locate.ts";
import { pause, unlessAborted } from "../within.ts";
import { actionMs, badAction } from "./act-context.ts";
import type { ActRequest, ActResult } from "./act-context.ts";
import { held, keyPress } from "./held.ts";
import { onElement } from "./pointer.ts";

/** Between two keys when a text is typed slowly, in milliseconds. */
const keyDelayMs = 75;

export async function type(request: ActRequest): ActResult {
  const { context, fields } = request;
  const text = rawTextField(fields, "text", browserProxyLimits.typedChars);
  if (text === undefined) throw badAction(request, "text is required");
  const sought = seekField(context, fields);
  const limit = actionMs(request);
  const isSlow = booleanField(fields, "slowly") === true;
  await onElement(request, sought, async (locator, bounds) => {
    if (!isSlow) return locator.fill(text, bounds(limit));
    await locator.click(bounds(limit));
    await locator.focus(bounds(limit));
    // Its time is the number of keys; only the call's own time ends it, and then no key stays down.
    const { signal } = bounds(limit);
    for (const character of text) {
      await unlessAborted({ signal }, context.page.keyboard.type(character));
      await pause({ signal }, keyDelayMs);
    }
    return undefined;
  });
  if (booleanField(fields, "submit") !== true) return undefined;
  return onElement(request, sought, (locator, bounds) => locator.press("Enter", bounds(limit)));
}

export async function press(request: ActRequest): ActResult {
  const { context, fields } = request;
  const key = textField(fields, "key", 100) ?? (fields("key") === " " ? " " : undefined);
  if (key === undefined) throw badAction(request, "key is required");
  const delay = timeField(fields, "delayMs", { usual: 0, least: 0, most: 5_000 });
  const keys = key.split(/(?<=.)\+(?=.)/).map((one) => keyPress(context.page, one));
  await held(context, delay, keys);
  return undefined;
}

export async function select(request: ActRequest): ActResult {
  const { context, fields } = request;
  const values = listField(fields, "values") ?? [];
  if (values.length === 0) throw badAction(request, "values are required");
  return onElement(request, seekField(context, fields), (locator, bounds) =>
    locator.selectOption([...values], bounds(actionMs(request))),
  );
}

export async function fill(request: ActRequest): ActResult {
  const { context } = request;
  const given = request.fields("fields");
  const entries: readonly unknown[] = Array.isArray(given) ? given : [];
  if (entries.length > browserProxyLimits.listEntries)
    throw badAction(
      request,
      `fields is over its limit of ${String(browserProxyLimits.listEntries)}; use several calls`,
    );
  const wanted = entries.map(bodyFields).filter((entry) => isUsable(entry, context.era));
  if (wanted.length === 0) throw badAction(request, "fields are required");
  for (const entry of wanted) await fillOne({ context, fields: entry }, actionMs(request));
  return undefined;
}

/** Newer Gateways leave the type away for text. */
function isUsable(entry: Fields, era: string): boolean {
  const hasType = textField(entry, "type") !== undefined || era === "2026.9";
  return textField(entry, "ref") !== undefined && hasType;
}

async function fillOne(request: ActRequest, limit: number): Promise<void> {
  const { context, fields } = request;
  const sought = seekRef(context, textField(fields, "ref") ?? "");
  const value = fields("value");
  if (["checkbox", "radio"].includes(textField(fields, "type") ?? "")) {
    const isChecked = [true, 1, "1", "true"].some((yes) => yes === value);
    await onElement(request, sought, (locator, bounds) => locator.setChecked(isChecked, bounds(limit)));
    return;
  }
  const number = typeof value === "string" ? undefined : numberField(fields, "value");
  const text =
    rawTextField(fields, "value", browserProxyLimits.typedChars) ??
    (number !== undefined ? String(number) : typeof value === "boolean" ? String(value) : "");
  await onElement(request, sought, (locator, bounds) => locator.fill(text, bounds(limit)));
}
