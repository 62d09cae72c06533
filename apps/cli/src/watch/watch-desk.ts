import type { ApprovalDecision } from "@openclaw/protocol";
import type { WatchAnswer, WatchEvent } from "../host/watch-protocol.ts";
import type { Paint } from "../output/color.ts";
import { promptBlock } from "./prompt-block.ts";
import { outcomeText, refusedLines, settledText } from "./watch-messages.ts";

export const DESK_LIMITS = {
  /** Keys count only after so much quiet since the prompt was drawn; milliseconds. */
  quietMs: 300,
  /** How long the word about an allowed run is waited for before the next prompt; milliseconds. */
  outcomeMs: 2000,
  /** Notes that are kept while a prompt is on the screen. */
  heldNotes: 20,
} as const;

/** The world of a desk. */
export interface DeskPort {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Cells of a line. */
  readonly width: () => number;
  readonly paint: Paint;
  readonly print: (lines: readonly string[]) => void;
  /** The line under everything; it changes in place where that is possible. */
  readonly status: (text: string | undefined) => void;
  readonly send: (answer: WatchAnswer) => void;
  readonly quit: () => void;
}

type Prompt = Extract<WatchEvent, { event: "prompt" }>;

interface Entry {
  readonly prompt: Prompt;
  readonly until: number;
}

interface Shown extends Entry {
  /** `told`: answered, and what became of the run is not yet known. */
  phase: "asking" | "answering" | "told";
  complete: boolean;
  /** From here on a key is an answer. */
  quietFrom: number;
  text: string;
  toldAt: number;
}

const HELP = "Keys: o allow once, a allow always, d deny, s show all of it, q quit.";

/** One prompt after the other on a terminal: what is shown, and what a key means at this moment. */
export class WatchDesk {
  readonly #port: DeskPort;
  readonly #queue: Entry[] = [];
  #shown: Shown | undefined;
  #self = "";
  #held: string[][] = [];
  #dropped = 0;
  /** A remark in the status line until the next tick. */
  #remark = "";

  constructor(port: DeskPort) {
    this.#port = port;
  }

  event(event: WatchEvent): void {
    switch (event.event) {
      case "watching":
        this.#self = event.watcher;
        break;
      case "prompt":
        this.#queue.push({ prompt: event, until: this.#port.now() + event.leftMs });
        break;
      case "settled":
        this.#settled(event);
        break;
      case "outcome":
        if (this.#shown?.prompt.id === event.id) this.#finish(outcomeText(this.#shown.text, event));
        else if (!event.started) this.#note([outcomeText("An allowed run", event)]);
        break;
      case "refused":
        this.#note(refusedLines(event, this.#port.width()));
        break;
      case "error":
        this.#error(event);
        break;
    }
    this.#next();
  }

  /** One key, or the word for it. */
  key(key: string): void {
    if (key === "q" || key === "\u0003" || key === "\u0004") {
      this.#port.quit();
      return;
    }
    const shown = this.#shown;
    const answers = key === "o" || key === "a" || key === "d";
    if (!answers && key !== "s") {
      this.#port.print([HELP]);
    } else if (shown?.phase === "asking") {
      if (key === "s") this.#draw(shown, true);
      else this.#answer(shown, key);
    }
    this.#showStatus();
  }

  /** Called about once a second. */
  tick(): void {
    this.#remark = "";
    const shown = this.#shown;
    if (shown?.phase === "told" && this.#port.now() - shown.toldAt >= DESK_LIMITS.outcomeMs) {
      this.#finish(`${shown.text}.`);
      this.#next();
    }
    this.#showStatus();
  }

  #answer(shown: Shown, key: string): void {
    const now = this.#port.now();
    if (now < shown.quietFrom) {
      // A key that is held down, or was meant for what stood here before, approves nothing.
      shown.quietFrom = now + DESK_LIMITS.quietMs;
      this.#remark = "too early, press again";
      return;
    }
    const { id, always, whyNotAlways } = shown.prompt;
    if (key !== "d" && !shown.complete) {
      this.#port.print(["Not all of it was shown: press s, then answer."]);
    } else if (key === "a" && always === null) {
      this.#port.print([`Always is not possible: ${whyNotAlways ?? "nothing can be added"}.`]);
    } else {
      shown.phase = "answering";
      this.#port.send({ id, decision: DECISIONS[key] ?? "deny" });
    }
  }

  #settled(event: Extract<WatchEvent, { event: "settled" }>): void {
    const shown = this.#shown;
    const text = settledText(event, this.#self);
    if (shown?.prompt.id === event.id) {
      if (event.how === "answered" && event.decision !== "deny") {
        Object.assign(shown, { phase: "told", text, toldAt: this.#port.now() });
      } else this.#finish(`${text}.`);
      return;
    }
    const at = this.#queue.findIndex(({ prompt }) => prompt.id === event.id);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    this.#note([`A run that waited behind another one: ${text}.`]);
  }

  #error({ id, error }: Extract<WatchEvent, { event: "error" }>): void {
    const shown = this.#shown;
    if (shown?.prompt.id === id && shown?.phase === "answering") shown.phase = "asking";
    this.#port.print([`The node host did not take the answer: ${error}.`]);
  }

  /** The prompt is over: its last line, and what was kept back meanwhile. */
  #finish(text: string): void {
    this.#shown = undefined;
    this.#port.print([text, ""]);
    for (const lines of this.#held) this.#port.print(lines);
    if (this.#dropped > 0) this.#port.print([`… and ${this.#dropped} more of these`, ""]);
    this.#held = [];
    this.#dropped = 0;
  }

  /** Nothing scrolls a prompt away that waits for a key. */
  #note(lines: readonly string[]): void {
    if (this.#shown === undefined) this.#port.print([...lines, ""]);
    else if (this.#held.length < DESK_LIMITS.heldNotes) this.#held.push([...lines, ""]);
    else this.#dropped += 1;
  }

  #next(): void {
    const entry = this.#shown === undefined ? this.#queue.shift() : undefined;
    if (entry !== undefined) {
      this.#shown = { ...entry, phase: "asking", complete: false, quietFrom: 0, text: "", toldAt: 0 };
      this.#draw(this.#shown, false);
    }
    this.#showStatus();
  }

  #draw(shown: Shown, whole: boolean): void {
    const { width, paint, print, now } = this.#port;
    const block = promptBlock(shown.prompt, { width: width(), whole, paint });
    print(["A run waits for your answer", ...block.lines]);
    shown.complete = block.complete;
    shown.quietFrom = now() + DESK_LIMITS.quietMs;
    this.#remark = "";
  }

  #showStatus(): void {
    const shown = this.#shown;
    if (shown === undefined) {
      this.#port.status(undefined);
      return;
    }
    const left = Math.max(0, Math.ceil((shown.until - this.#port.now()) / 1000));
    const always = shown.prompt.always === null ? "" : "[a]lways ";
    const keys = `[o]nce ${always}[d]eny [s]how all [q]uit`;
    const queue = this.#queue.length === 0 ? "" : `, ${this.#queue.length} more`;
    const remark = this.#remark === "" ? "" : ` (${this.#remark})`;
    this.#port.status(shown.phase === "asking" ? `${keys}  ${left} s left${queue}${remark}` : "…");
  }
}

const DECISIONS: Readonly<Record<string, ApprovalDecision>> = {
  o: "allow-once",
  a: "allow-always",
  d: "deny",
};
