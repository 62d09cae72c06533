import type { Dialog } from "playwright-core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { browserProxyLimits } from "../limits.ts";
import { DialogHook } from "./dialog-hook.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Real ones are asked in the tests with a browser; here it is about the clock. */
function dialogOf(type = "confirm"): { readonly dialog: Dialog; readonly said: string[] } {
  const said: string[] = [];
  const say = (what: string) => (): Promise<void> => {
    said.push(what);
    return Promise.resolve();
  };
  const texts = { type: () => type, message: () => "sure?", defaultValue: () => "" };
  const dialog = { ...texts, accept: say("accept"), dismiss: say("dismiss") } as unknown as Dialog;
  return { dialog, said };
}

it("a dialog that nobody answers is dismissed after its time", async () => {
  const hook = new DialogHook(Date.now);
  const opened: string[] = [];
  const letGo = hook.hold(() => opened.push("told"));
  const { dialog, said } = dialogOf();
  await hook.answer(dialog);
  letGo();
  await vi.advanceTimersByTimeAsync(browserProxyLimits.dialogHoldMs - 1);
  expect([opened, said, hook.isOpen]).toEqual([["told"], [], true]);
  await vi.advanceTimersByTimeAsync(1);
  expect([said, hook.isOpen]).toEqual([["dismiss"], false]);
  expect(hook.seen).toMatchObject({ pending: [], recent: [{ id: "d1", closedBy: "timeout" }] });
  expect(await hook.respond({ accept: true })).toBe(false);
});

it("one that was answered is not dismissed later, and of several the oldest or the named one is meant", async () => {
  const hook = new DialogHook(Date.now);
  hook.hold(() => undefined);
  const dialogs = [dialogOf(), dialogOf(), dialogOf()];
  for (const { dialog } of dialogs) await hook.answer(dialog);
  expect(await hook.respond({ accept: true, id: "d2" })).toBe(true);
  expect(await hook.respond({ accept: true })).toBe(true);
  expect(dialogs.map(({ said }) => said)).toEqual([["accept"], ["accept"], []]);
  await vi.advanceTimersByTimeAsync(browserProxyLimits.dialogHoldMs);
  expect(dialogs.map(({ said }) => said)).toEqual([["accept"], ["accept"], ["dismiss"]]);
});

it("leaving a page is never held, and an arm does not outlive its time", async () => {
  const hook = new DialogHook(Date.now);
  hook.hold(() => undefined);
  hook.arm({ accept: true, timeoutMs: 500 });
  const leaving = dialogOf("beforeunload");
  await hook.answer(leaving.dialog);
  vi.advanceTimersByTime(500);
  const late = dialogOf();
  await hook.answer(late.dialog);
  expect([leaving.said, late.said, hook.isOpen]).toEqual([["accept"], [], true]);
});
