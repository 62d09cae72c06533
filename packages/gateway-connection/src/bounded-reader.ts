import type { Duplex } from "node:stream";

/**
 * Reads what another program answers before a stream is handed on: exactly so many bytes, or up to a mark, never
 * more than a limit; the rest stays in the stream. Owns the stream's listeners until `release`.
 */
export class BoundedReader {
  readonly #stream: Duplex;
  readonly #stopped: Promise<never>;
  readonly #detach: () => void;
  #seen: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  /** `giveUp` rejects what waits, with its reason. */
  constructor(stream: Duplex, giveUp: AbortSignal) {
    this.#stream = stream;
    let stop: (error: unknown) => void = () => undefined;
    this.#stopped = new Promise<never>((_resolve, reject) => {
      stop = reject;
    });
    // Nobody may be waiting when it happens.
    this.#stopped.catch(() => undefined);
    const onReadable = (): void => this.#wake();
    const onEnd = (): void => stop(new Error("it closed the connection"));
    const onError = (error: Error): void => stop(error);
    const onGiveUp = (): void => stop(giveUp.reason);
    stream.on("readable", onReadable);
    stream.once("end", onEnd).once("close", onEnd).once("error", onError);
    giveUp.addEventListener("abort", onGiveUp, { once: true });
    if (giveUp.aborted) onGiveUp();
    this.#detach = () => {
      stream.off("readable", onReadable).off("end", onEnd).off("close", onEnd).off("error", onError);
      giveUp.removeEventListener("abort", onGiveUp);
    };
  }

  /** The next `count` bytes. */
  async exactly(count: number): Promise<Buffer> {
    return await this.#take(() => (this.#seen.length >= count ? count : undefined));
  }

  /** Everything up to and with `mark`; undefined when it does not come within `most` bytes. */
  async until(mark: string, most: number): Promise<Buffer | undefined> {
    const found = await this.#take(() => {
      const at = this.#seen.indexOf(mark, 0, "latin1");
      if (at >= 0 && at + mark.length <= most) return at + mark.length;
      return this.#seen.length >= most ? 0 : undefined;
    });
    return found.length === 0 ? undefined : found;
  }

  /** Something else that is needed for the next step, for as long as the stream lives. */
  async meanwhile<T>(work: Promise<T>): Promise<T> {
    return await Promise.race([work, this.#stopped]);
  }

  /** Gives the stream back, with all that nobody has read yet. */
  release(): Duplex {
    this.#detach();
    if (this.#seen.length > 0) this.#stream.unshift(this.#seen);
    this.#seen = Buffer.alloc(0);
    return this.#stream;
  }

  async #take(enough: () => number | undefined): Promise<Buffer> {
    for (;;) {
      const count = enough();
      if (count !== undefined) {
        const taken = this.#seen.subarray(0, count);
        this.#seen = this.#seen.subarray(count);
        return taken;
      }
      const chunk: unknown = this.#stream.read();
      if (Buffer.isBuffer(chunk)) {
        this.#seen = Buffer.concat([this.#seen, chunk]);
        continue;
      }
      const readable = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([readable, this.#stopped]);
    }
  }
}
