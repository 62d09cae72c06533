import type { Dialog } from "playwright-core";

import { browserProxyLimits } from "../limits.ts";
import { BoundedLog } from "./bounded-log.ts";

export interface DialogReply {
  readonly accept: boolean;
  readonly promptText?: string | undefined;
}

export interface DialogArm extends DialogReply {
  /** After this time the arm is gone, in milliseconds. */
  readonly timeoutMs: number;
}

/** Who ended a dialog: the call that answered it, the arm, nobody, the clock, or the page that went elsewhere. */
type DialogEnd = "agent" | "armed" | "auto" | "timeout" | "remote";

/** A dialog that a page opened, as `GET /dialogs` gives it. */
export interface DialogLine {
  /** `d1`, `d2`, … of this page. */
  readonly id: string;
  readonly type: string;
  readonly message: string;
  /** Of a prompt. */
  readonly defaultValue?: string;
  /** ISO 8601 */
  readonly openedAt: string;
  readonly closedAt?: string;
  readonly closedBy?: DialogEnd;
}

export interface SeenDialogs {
  readonly pending: readonly DialogLine[];
  readonly recent: readonly DialogLine[];
}

/** The reason to leave an action that has opened a dialog. */
export const dialogOpened: Error = new Error("a dialog is open");

interface OpenDialog {
  readonly dialog: Dialog;
  readonly line: DialogLine;
  readonly timer: NodeJS.Timeout;
}

/**
 * Answers the dialogs of one page: the next one as it was armed; one that an action opened stays open for an answer while
 * somebody holds it; every other one is dismissed at once.
 */
export class DialogHook {
  readonly #now: () => number;
  readonly #open = new Map<string, OpenDialog>();
  readonly #recent = new BoundedLog<DialogLine>(browserProxyLimits.recentDialogs);
  readonly #holders = new Set<() => void>();
  #armed: (DialogArm & { readonly untilMs: number }) | undefined;
  #serial = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The newest arm wins. */
  arm(arm: DialogArm): void {
    this.#armed = { ...arm, untilMs: this.#now() + arm.timeoutMs };
  }

  /** While one is, no script of the page goes on. */
  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  get seen(): SeenDialogs {
    const pending = [...this.#open.values()].map(({ line }) => line);
    return { pending, recent: [...this.#recent.entries] };
  }

  /** From now on dialogs that nobody armed stay open, and `onOpen` hears of each. Gives what ends this. */
  hold(onOpen: () => void): () => void {
    this.#holders.add(onOpen);
    return () => this.#holders.delete(onOpen);
  }

  async answer(dialog: Dialog): Promise<void> {
    const line = this.#lineOf(dialog);
    // Whoever leaves a page was not asked about it: the answer that was meant for the page's own question stays armed.
    if (dialog.type() === "beforeunload") return this.#close({ dialog, line }, { accept: true }, "auto");
    const armed = this.#armed;
    this.#armed = undefined;
    if (armed !== undefined && this.#now() < armed.untilMs)
      return this.#close({ dialog, line }, armed, "armed");
    if (this.#holders.size === 0) return this.#close({ dialog, line }, { accept: false }, "auto");
    const tooLong = (): void => void this.respond({ accept: false, id: line.id }, "timeout");
    const timer = setTimeout(tooLong, browserProxyLimits.dialogHoldMs).unref();
    this.#open.set(line.id, { dialog, line, timer });
    for (const onOpen of this.#holders) onOpen();
  }

  /** Answers a dialog that stayed open: the named one, else the oldest. False where there is none. */
  async respond(
    { id, ...reply }: DialogReply & { readonly id?: string | undefined },
    by: DialogEnd = "agent",
  ): Promise<boolean> {
    const open = id === undefined ? [...this.#open.values()][0] : this.#open.get(id);
    if (open === undefined) return false;
    clearTimeout(open.timer);
    this.#open.delete(open.line.id);
    await this.#close(open, reply, by);
    return true;
  }

  /** The page went elsewhere or is closed, and its dialogs with it. */
  gone(): void {
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const one of open) {
      clearTimeout(one.timer);
      void this.#close(one, { accept: false }, "remote");
    }
  }

  async #close(
    { dialog, line }: Pick<OpenDialog, "dialog" | "line">,
    { accept, promptText }: DialogReply,
    closedBy: DialogEnd,
  ): Promise<void> {
    this.#recent.add({ ...line, closedAt: this.#time(), closedBy });
    // The page may have gone with its dialog.
    await (accept ? dialog.accept(promptText) : dialog.dismiss()).catch(() => undefined);
  }

  #lineOf(dialog: Dialog): DialogLine {
    const type = dialog.type();
    const cut = (text: string): string => text.slice(0, browserProxyLimits.dialogChars);
    this.#serial += 1;
    return {
      id: `d${String(this.#serial)}`,
      type,
      message: cut(dialog.message()),
      ...(type === "prompt" ? { defaultValue: cut(dialog.defaultValue()) } : {}),
      openedAt: this.#time(),
    };
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}
