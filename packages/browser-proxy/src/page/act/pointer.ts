import { browserProxyLimits } from "../../limits.ts";
import { booleanField, listField, numberField, textField, timeField } from "../fields.ts";
import { elementError } from "../page-error.ts";
import { locateField } from "../refs/locate.ts";
import type { Located } from "../refs/locate.ts";
import { actionBounds, unlessAborted } from "../within.ts";
import { actionMs, badAction, waitMs } from "./act-context.ts";
import type { ActRequest, ActResult } from "./act-context.ts";

const buttons = ["left", "right", "middle"] as const;
const modifierKeys = ["Alt", "Control", "ControlOrMeta", "Meta", "Shift"] as const;

type Button = (typeof buttons)[number];
type Modifier = (typeof modifierKeys)[number];

export async function click(request: ActRequest): ActResult {
  const { context, fields } = request;
  const button = readButton(request);
  const modifiers = readModifiers(request);
  const delay = readDelay(request);
  const located = await locateField(context, fields);
  const options = {
    ...(button === undefined ? {} : { button }),
    ...(modifiers.length === 0 ? {} : { modifiers: [...modifiers] }),
    ...(delay === 0 ? {} : { delay }),
    ...actionBounds(context, actionMs(request)),
  };
  return onElement(request, located, ({ locator }) =>
    booleanField(fields, "doubleClick") === true ? locator.dblclick(options) : locator.click(options),
  );
}

/** At a point of the viewport, in CSS pixels. */
export async function clickCoords(request: ActRequest): ActResult {
  const { context, fields } = request;
  const x = numberField(fields, "x");
  const y = numberField(fields, "y");
  if (x === undefined || y === undefined) throw badAction(request, "x and y are required");
  const most = browserProxyLimits.viewportPixels;
  if (x < 0 || y < 0 || x > most || y > most)
    throw badAction(request, `x and y must be between 0 and ${String(most)}`);
  const button = readButton(request);
  const clickCount = booleanField(fields, "doubleClick") === true ? 2 : 1;
  const delay = readDelay(request);
  const options = { clickCount, delay, ...(button === undefined ? {} : { button }) };
  await unlessAborted(context, context.page.mouse.click(x, y, options));
  return undefined;
}

export async function hover(request: ActRequest): ActResult {
  const located = await locateField(request.context, request.fields);
  const bounds = actionBounds(request.context, actionMs(request));
  return onElement(request, located, ({ locator }) => locator.hover(bounds));
}

export async function scrollIntoView(request: ActRequest): ActResult {
  const located = await locateField(request.context, request.fields);
  const bounds = actionBounds(request.context, waitMs(request));
  return onElement(request, located, ({ locator }) => locator.scrollIntoViewIfNeeded(bounds));
}

export async function drag(request: ActRequest): ActResult {
  const { context, fields } = request;
  const from = await locateField(context, fields, { ref: "startRef", selector: "startSelector" });
  const to = await locateField(context, fields, { ref: "endRef", selector: "endSelector" });
  const bounds = actionBounds(context, actionMs(request));
  return onElement(request, { ...from, shown: `${from.shown} or ${to.shown}` }, () =>
    from.locator.dragTo(to.locator, bounds),
  );
}

export async function resize(request: ActRequest): ActResult {
  const width = numberField(request.fields, "width");
  const height = numberField(request.fields, "height");
  const most = browserProxyLimits.viewportPixels;
  if (width === undefined || height === undefined) throw badAction(request, "width and height are required");
  if (width < 1 || height < 1 || width > most || height > most)
    throw badAction(request, `width and height must be between 1 and ${String(most)}`);
  const size = { width: Math.floor(width), height: Math.floor(height) };
  await unlessAborted(request.context, request.context.page.setViewportSize(size));
  return undefined;
}

/** Runs an action on an element; its failure is told in words that help. */
export async function onElement(
  request: ActRequest,
  located: Located,
  work: (located: Located) => Promise<unknown>,
): ActResult {
  try {
    await unlessAborted(request.context, work(located));
    return undefined;
  } catch (error) {
    throw elementError(error, located.shown);
  }
}

function readButton(request: ActRequest): Button | undefined {
  const given = textField(request.fields, "button");
  const button = buttons.find((name) => name === given);
  if (given !== undefined && button === undefined)
    throw badAction(request, "button must be left|right|middle");
  return button;
}

function readModifiers(request: ActRequest): readonly Modifier[] {
  const given = listField(request.fields, "modifiers") ?? [];
  const known = given.map((name) => modifierKeys.find((key) => key === name));
  if (known.includes(undefined))
    throw badAction(request, "modifiers must be Alt|Control|ControlOrMeta|Meta|Shift");
  return known.filter((name) => name !== undefined);
}

function readDelay(request: ActRequest): number {
  return timeField(request.fields, "delayMs", { usual: 0, least: 0, most: 5_000 });
}
