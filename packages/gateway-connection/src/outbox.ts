import type { WebSocket } from "ws";
import { sendText } from "./open-socket.ts";

interface Waiting {
  readonly id: string;
  readonly text: string;
}

/**
 * What is to be sent, in order, never more at once than the other side said that it holds. What does not fit waits until
 * the network took what came before; the wait is bounded as well.
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #limitBytes: number;
  /** Who gave up waiting is not sent. */
  readonly #isWanted: (id: string) => boolean;
  #waiting: Waiting[] = [];
  /** UTF-16 units: at least a third of the bytes, and exactly the bytes of plain text. */
  #waitingChars = 0;

  constructor(socket: WebSocket, limitBytes: number, isWanted: (id: string) => boolean) {
    this.#socket = socket;
    this.#limitBytes = limitBytes;
    this.#isWanted = isWanted;
  }

  /** False where not even the wait has room. */
  send(id: string, text: string): boolean {
    if (this.#waiting.length === 0 && this.#fits(text)) {
      this.#write(text);
      return true;
    }
    if (this.#waiting.length > 0 && this.#waitingChars + text.length > this.#limitBytes) return false;
    this.#waiting.push({ id, text });
    this.#waitingChars += text.length;
    return true;
  }

  clear(): void {
    this.#waiting = [];
    this.#waitingChars = 0;
  }

  #flush(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const wanted = this.#isWanted(next.id);
      if (wanted && !this.#fits(next.text)) return;
      this.#waiting.shift();
      this.#waitingChars -= next.text.length;
      if (wanted) this.#write(next.text);
    }
  }

  /** One frame may be larger than the limit: it goes when nothing else is on its way. */
  #fits(text: string): boolean {
    const { bufferedAmount } = this.#socket;
    return bufferedAmount === 0 || bufferedAmount + text.length <= this.#limitBytes;
  }

  #write(text: string): void {
    sendText(this.#socket, text, () => this.#flush());
  }
}
