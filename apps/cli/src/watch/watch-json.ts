import type { CommandIo } from "../command.ts";
import { NOT_JSON, parseLine } from "../host/control-lines.ts";
import { watchAnswerSchema, type WatchAnswer, type WatchEvent } from "../host/watch-protocol.ts";
import { jsonLine } from "../output/printable.ts";
import { lineInput, type WatchInput } from "./watch-input.ts";

/** Events of the host as JSON lines, for a program that asks in its own way. */
export function writeEvent(io: Pick<CommandIo, "stdout">, event: WatchEvent): void {
  io.stdout.write(jsonLine(event));
}

/** Answers of that program: `{"id","decision"}`, one on a line. */
export function jsonAnswers(
  io: CommandIo,
  onAnswer: (answer: WatchAnswer) => void,
  onEnd: () => void,
): WatchInput {
  return lineInput(
    io.stdin,
    (line) => {
      const value = parseLine(line);
      const answer = watchAnswerSchema.safeParse(value === NOT_JSON ? undefined : value);
      if (answer.success) onAnswer(answer.data);
      else if (line.trim() !== "" || value === NOT_JSON) {
        const error = 'not an answer; send {"id":"…","decision":"allow-once" | "allow-always" | "deny"}';
        writeEvent(io, { event: "error", error });
      }
    },
    onEnd,
  );
}
