import { once } from "node:events";
import { Writable } from "node:stream";
import type { CommandIo } from "../command.ts";

/** Writes, and waits where the reader is slower than we are, so that what it has not read is not kept in memory. */
export async function writeOn(stream: CommandIo["stdout"], text: string): Promise<void> {
  const goesOn: unknown = stream.write(text);
  if (goesOn === false && stream instanceof Writable) await once(stream, "drain");
}
