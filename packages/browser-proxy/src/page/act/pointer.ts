import type { Locator, Page } from "playwright-core";

import { browserProxyLimits } from "../../limits.ts";
import { booleanField, listField, numberField, textField, timeField } from "../fields.ts";
import { elementError } from "../page-error.ts";
import { locateField, seekField } from "../refs/locate.ts";
import type { Sought } from "../refs/locate.ts";
import { operationFailed } from "../route-refusal.ts";
import { actionBounds, pause, unlessAborted } from "../within.ts";
import type { ActionBounds } from "../within.ts";
import { actionMs, badAction, waitMs } from "./act-context.ts";
import type { ActRequest, ActResult } from "./act-context.ts";
import { buttonPress, held, keyPress, letGo } from "./held.ts";

const buttons = ["left", "right", "middle"] as const;
const modifierKeys = ["Alt", "Control", "ControlOrMeta", "Meta", "Shift"] as const;

type Button = (typeof buttons)[number];
type Modifier = (typeof modifierKeys)[number];

export async function click(request: ActRequest): ActResult {
  const { context, fields } = request;
  const button = readButton(request);
  const modifiers = readModifiers(request);
  const delay = readDelay(request);
  const limit = actionMs(request);
  const isDouble = booleanField(fields, "doubleClick") === true;
  return onElement(request, seekField(context, fields), async (locator, bounds) => {
    const bounded = bounds(limit);
    if (delay > 0) {
      await locator.hover(bounded);
      if (!(await locator.isEnabled(bounded)))
        throw operationFailed("the element is not enabled; nothing was clicked");
      return heldClick(context.page, { signal: bounded.signal, button, modifiers, delay, isDouble });
    }
    const options = {
      ...bounded,
      ...(button === undefined ? {} : { button }),
      ...(modifiers.length === 0 ? {} : { modifiers: [...modifiers] }),
    };
    return isDouble ? locator.dblclick(options) : locator.click(options);
  });
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
  const isDouble = booleanField(fields, "doubleClick") === true;
  const delay = readDelay(request);
  const { page, signal } = context;
  if (delay === 0) {
    const options = { clickCount: isDouble ? 2 : 1, ...(button === undefined ? {} : { button }) };
    await unlessAborted(context, page.mouse.click(x, y, options));
    return undefined;
  }
  await unlessAborted(context, page.mouse.move(x, y));
  await heldClick(page, { signal, button, modifiers: [], delay, isDouble });
  return undefined;
}

interface HeldClick {
  readonly signal: AbortSignal;
  readonly button: Button | undefined;
  readonly modifiers: readonly Modifier[];
  /** In milliseconds. */
  readonly delay: number;
  readonly isDouble: boolean;
}

async function heldClick(
  page: Page,
  { signal, button, modifiers, delay, isDouble }: HeldClick,
): Promise<void> {
  const keys = modifiers.map((key) => keyPress(page, key));
  for (const clickCount of isDouble ? [1, 2] : [1]) {
    if (clickCount > 1) await pause({ signal }, delay);
    const options = { clickCount, ...(button === undefined ? {} : { button }) };
    await held({ signal }, delay, [...keys, buttonPress(page, options)]);
  }
}

export async function hover(request: ActRequest): ActResult {
  const sought = seekField(request.context, request.fields);
  return onElement(request, sought, (locator, bounds) => locator.hover(bounds(actionMs(request))));
}

export async function scrollIntoView(request: ActRequest): ActResult {
  const sought = seekField(request.context, request.fields);
  return onElement(request, sought, (locator, bounds) =>
    locator.scrollIntoViewIfNeeded(bounds(waitMs(request))),
  );
}

export async function drag(request: ActRequest): ActResult {
  const { context, fields } = request;
  const from = await locateField(context, fields, { ref: "startRef", selector: "startSelector" });
  const to = await locateField(context, fields, { ref: "endRef", selector: "endSelector" });
  return onElement(request, { ...from, shown: `${from.shown} or ${to.shown}` }, async (locator, bounds) => {
    try {
      await locator.dragTo(to.locator, bounds(actionMs(request)));
    } catch (error) {
      // On its way it has the button down.
      await unlessAborted(context, letGo(context.page)).catch(() => undefined);
      throw error;
    }
  });
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

/**
 * Runs an action on an element; its failure is told in words that help. Whether the page has the element at all is asked
 * beside it: the answer is there before the action has done more than look for its element.
 */
export async function onElement(
  { context }: ActRequest,
  { locator, shown, isThere }: Sought,
  work: (locator: Locator, bounds: (limitMs: number) => ActionBounds) => Promise<unknown>,
): ActResult {
  const missing = new AbortController();
  const signal = AbortSignal.any([context.signal, missing.signal]);
  try {
    const acting = work(locator, (limitMs) => actionBounds({ signal }, limitMs));
    isThere?.().catch((error: unknown) => {
      missing.abort(error);
    });
    await unlessAborted({ signal }, acting);
    return undefined;
  } catch (error) {
    throw elementError(error, shown);
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
