import { MessageChannel } from "node:worker_threads";
import { RUN_LIMITS } from "./limits.ts";

/**
 * Gives back the memory of a piece of output that nobody needs any more; from then on it is empty. The runtime reads each
 * piece into memory of its own and looks for what is done with only when there are 32 MB of it; given back at once, the next
 * piece lies in the same memory (measured: no growth instead of 35 MB, and a third less time). Pieces that share
 * their memory with others are left alone.
 */
export function releasePiece(piece: Buffer): void {
  const { buffer } = piece;
  if (piece.length < RUN_LIMITS.releaseBytes || piece.length !== buffer.byteLength) return;
  if (buffer instanceof ArrayBuffer) (release ??= releaser())(buffer);
}

type Release = (memory: ArrayBuffer) => void;

let release: Release | undefined;

/** The way of this runtime; Node 20 has no `transfer`. */
export function releaser(transfer: unknown = Reflect.get(ArrayBuffer.prototype, "transfer")): Release {
  if (typeof transfer === "function") return (memory) => void transfer.call(memory, 0);
  const { port1 } = new MessageChannel();
  port1.close();
  // What is sent to nobody is taken from us and thrown away.
  return (memory) => port1.postMessage(undefined, [memory]);
}
