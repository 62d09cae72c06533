import type { Dialog } from "playwright-core";

export interface DialogArm {
  readonly accept: boolean;
  readonly promptText: string | undefined;
  /** After this time the arm is gone, in milliseconds. */
  readonly timeoutMs: number;
}

/** A dialog that the page opened, and how it was answered. */
export interface SeenDialog {
  readonly type: string;
  readonly message: string;
  readonly accepted: boolean;
}

/** Answers the dialogs of one page: the next one as it was armed, every other one by dismissing it at once. */
export class DialogHook {
  readonly #now: () => number;
  #armed: (DialogArm & { readonly untilMs: number }) | undefined;
  #seen: SeenDialog | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The newest arm wins. */
  arm(arm: DialogArm): void {
    this.#armed = { ...arm, untilMs: this.#now() + arm.timeoutMs };
  }

  /** The newest dialog of the page. */
  get last(): SeenDialog | undefined {
    return this.#seen;
  }

  async answer(dialog: Dialog): Promise<void> {
    const armed = this.#armed;
    this.#armed = undefined;
    // Whoever leaves a page was not asked about it: the answer that was meant for the page's own question stays armed.
    const isLeaving = dialog.type() === "beforeunload";
    if (isLeaving) this.#armed = armed;
    const asArmed = !isLeaving && armed !== undefined && this.#now() < armed.untilMs ? armed : undefined;
    const accepted = isLeaving || asArmed?.accept === true;
    this.#seen = { type: dialog.type(), message: dialog.message().slice(0, 1_000), accepted };
    // The page may have gone with its dialog.
    await (accepted ? dialog.accept(asArmed?.promptText) : dialog.dismiss()).catch(() => undefined);
  }
}
