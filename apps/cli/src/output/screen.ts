import type { CommandInput, CommandIo } from "../command.ts";
import { painter, wantsColor, type PaletteColor } from "./color.ts";
import { printable } from "./printable.ts";
import { textWidth } from "./text-width.ts";
import { renderTable, type TableCell, type TableColumn } from "./table.ts";

const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 40;
/** Identifiers that a command takes by their beginning are shown this long, in characters. */
const SHORT_ID = 12;
/** In front of lines that continue the one above. */
const HANGING = "    ";

/** Where a command writes for a person: one place that knows the width, the colors and the escaping. */
export interface Screen {
  /** Colors a text that needs no escaping any more. */
  paint(color: PaletteColor, text: string): string;
  line(text?: string): void;
  heading(text: string): void;
  table(columns: readonly TableColumn[], rows: readonly (readonly TableCell[])[]): void;
  /** Name and value, one line each; empty values are left out. Values are never cut. */
  fields(fields: readonly (readonly [string, string])[]): void;
  /** Words behind a label, over as many lines as they take. */
  words(label: string, words: readonly string[]): void;
}

/** Every text given to a screen is made printable, so that words from a Gateway cannot act on the terminal. */
export function screenFor(input: CommandInput, io: CommandIo): Screen {
  const width = Math.max(MIN_COLUMNS, io.stdout.columns ?? DEFAULT_COLUMNS);
  const paint = painter(wantsColor(io.stdout, io.env, input));
  const muted = (text: string): string => paint("muted", text);
  const write = (text: string): void => io.stdout.write(`${text}\n`);
  return {
    paint,
    line: (text = "") => write(printable(text)),
    heading: (text) => write(paint("accent", printable(text))),
    table: (columns, rows) => {
      for (const line of renderTable(columns, rows, { width, heading: muted })) write(line);
    },
    fields: (fields) => {
      const shown = fields.filter(([, value]) => value !== "");
      const label = Math.max(...shown.map(([name]) => name.length)) + 2;
      for (const [name, value] of shown) write(muted(`${name}:`.padEnd(label)) + printable(value));
    },
    words: (label, words) => {
      const lines = [printable(label)];
      for (const [index, word] of words.map(printable).entries()) {
        const text = index === words.length - 1 ? word : `${word},`;
        const line = lines.at(-1) ?? "";
        if (textWidth(line) + 1 + textWidth(text) <= width) lines[lines.length - 1] = `${line} ${text}`;
        else lines.push(`${HANGING}${text}`);
      }
      for (const line of lines) write(line);
    },
  };
}

/** The beginning of an id, long enough to be typed back; without a mark, so that it can be copied. */
export function shortId(id: string): string {
  return id.slice(0, SHORT_ID);
}
