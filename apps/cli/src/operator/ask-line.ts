import type { CommandIo } from "../command.ts";
import { printable } from "../output/printable.ts";

/** Longest answer that is read, in characters. */
const MAX_ANSWER = 1024;

/** Whether somebody sits there who can be asked: both what is typed and what is shown is a terminal's. */
export function isConversation({ stdin, stdout, stderr }: CommandIo): boolean {
  return stdin.isTTY && stdout.isTTY === true && stderr.isTTY === true;
}

/** Asks on standard error and reads one line; what comes behind it stays for the next reader. `undefined` when nobody answers any more. */
export async function askLine(io: CommandIo, question: string): Promise<string | undefined> {
  const { stdin } = io;
  io.stderr.write(`${printable(question)} `);
  return await new Promise<string | undefined>((resolve, reject) => {
    let text = "";
    const done = (answer: string | undefined): void => {
      stdin.off("data", onData);
      stdin.off("end", onEnd);
      stdin.off("error", reject);
      stdin.pause();
      resolve(answer?.trim().toLowerCase());
    };
    const onEnd = (): void => {
      io.stderr.write("\n");
      done(text === "" ? undefined : text);
    };
    const onData = (chunk: Buffer | string): void => {
      text += chunk.toString();
      const end = text.indexOf("\n");
      if (end < 0 && text.length <= MAX_ANSWER) return;
      const rest = end < 0 ? "" : text.slice(end + 1);
      done(end < 0 ? undefined : text.slice(0, end));
      if (rest !== "") stdin.unshift(Buffer.from(rest));
    };
    stdin.on("data", onData);
    stdin.once("end", onEnd);
    stdin.once("error", reject);
    if (stdin.readableEnded) onEnd();
    else stdin.resume();
  });
}
