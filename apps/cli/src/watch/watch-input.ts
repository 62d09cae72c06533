import type { CommandIo } from "../command.ts";

/** UTF-16 units of one line of answers. */
export const INPUT_LINE_CHARS = 4096;

export interface WatchInput {
  /** Gives the terminal back as it was. */
  close(): void;
}

const WORDS: Readonly<Record<string, string>> = {
  once: "o",
  always: "a",
  deny: "d",
  show: "s",
  quit: "q",
};

/** Keys as they are pressed; on what is no terminal, lines. `onEnd` is called when no more can come. */
export function keyInput(
  stdin: CommandIo["stdin"],
  onKey: (key: string) => void,
  onEnd: () => void,
): WatchInput {
  if (!stdin.isTTY) {
    return lineInput(
      stdin,
      (line) => onKey(WORDS[line.trim().toLowerCase()] ?? line.trim().toLowerCase()),
      onEnd,
    );
  }
  const onData = (chunk: string): void => onKey(keyOf(chunk));
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.on("data", onData);
  stdin.once("end", onEnd);
  return {
    close: () => {
      stdin.removeListener("data", onData);
      stdin.removeListener("end", onEnd);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}

/**
 * What was pressed. Several characters at once were pasted, or are a function key: no answer, whatever
 * they are; but whoever presses Ctrl-C wants out.
 */
function keyOf(chunk: string): string {
  if (chunk.includes("\u0003")) return "\u0003";
  return chunk.length === 1 ? chunk.toLowerCase() : "";
}

export function lineInput(
  stdin: CommandIo["stdin"],
  onLine: (line: string) => void,
  onEnd: () => void,
): WatchInput {
  let text = "";
  let tooLong = false;
  const onData = (chunk: string): void => {
    const [first = "", ...others] = chunk.split("\n");
    let line = text + first;
    for (const next of others) {
      if (!tooLong && line.length <= INPUT_LINE_CHARS) onLine(line);
      else onLine("");
      tooLong = false;
      line = next;
    }
    tooLong ||= line.length > INPUT_LINE_CHARS;
    text = tooLong ? "" : line;
  };
  stdin.setEncoding("utf8");
  stdin.on("data", onData);
  stdin.once("end", onEnd);
  return {
    close: () => {
      stdin.removeListener("data", onData);
      stdin.removeListener("end", onEnd);
      stdin.pause();
    },
  };
}
