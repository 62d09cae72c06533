import type { FileChooser } from "playwright-core";

import type { UploadPayload } from "./artifacts.ts";

export interface ChooserArm {
  readonly files: readonly UploadPayload[];
  /** After this time the arm is gone, in milliseconds. */
  readonly timeoutMs: number;
}

/** Gives files to the next file chooser of one page; without an arm, a chooser stays empty. */
export class ChooserHook {
  #armed: ChooserArm | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** The newest arm wins. */
  arm(arm: ChooserArm): void {
    clearTimeout(this.#timer);
    this.#armed = arm;
    // The files are held in memory only as long as somebody may ask for them.
    this.#timer = setTimeout(() => (this.#armed = undefined), arm.timeoutMs);
    this.#timer.unref();
  }

  async answer(chooser: FileChooser): Promise<void> {
    const armed = this.#armed;
    this.close();
    if (armed === undefined) return;
    await chooser.setFiles([...armed.files]).catch(() => undefined);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#armed = undefined;
  }
}
