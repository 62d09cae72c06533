import { printable } from "./printable.ts";
import { cutText, padText, textWidth } from "./text-width.ts";

/** Colors a text that is already cut and padded. */
export type Paint = (text: string) => string;

export interface TableColumn {
  readonly title: string;
  /** Never cut, because it is typed back or decided upon. */
  readonly whole?: boolean;
  /** Cells below which the column is not cut; default 6 or its title. */
  readonly min?: number;
}

export type TableCell = string | { readonly text: string; readonly paint: Paint };

export interface TableLook {
  /** Cells of the terminal. */
  readonly width: number;
  readonly heading?: Paint;
}

const GAP = 2;
const MIN_COLUMN = 6;

/**
 * Renders rows in at most `width` cells. Long cells are cut, columns without content left out; when even that does
 * not fit, each row becomes a block of lines. All text is made printable here, so that no caller can forget it.
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  look: TableLook,
): readonly string[] {
  const texts = rows.map((row) => columns.map((_, index) => printable(cellText(row[index]))));
  const shown = columns.map((_, index) => index).filter((index) => texts.some((row) => row[index] !== ""));
  const kept = shown.map((index): Required<TableColumn> & { readonly index: number } => {
    const { title, whole = false, min = MIN_COLUMN } = columns[index] ?? { title: "" };
    return { index, title, whole, min: Math.max(min, textWidth(title)) };
  });
  const widths = fit(
    kept.map(({ index, title, whole, min }) => {
      const natural = Math.max(textWidth(title), ...texts.map((row) => textWidth(row[index] ?? "")));
      return { natural, min: whole ? natural : Math.min(natural, min) };
    }),
    look.width,
  );
  if (widths === undefined) return blocks(kept, texts, rows, look);
  const heading = look.heading ?? plain;
  const line = (cells: readonly (readonly [string, Paint])[]): string =>
    cells
      .map(([text, paint], position) => {
        const width = widths[position] ?? 0;
        const cut = kept[position]?.whole === true ? text : cutText(text, width);
        return position === cells.length - 1 ? paint(cut) : padded(cut, width, paint);
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  return [
    line(kept.map(({ title }) => [title, heading])),
    ...rows.map((row, at) =>
      line(kept.map(({ index }) => [texts[at]?.[index] ?? "", cellPaint(row[index])])),
    ),
  ];
}

/** Takes cells from the widest column that may lose some, until the line fits. */
function fit(
  columns: readonly { readonly natural: number; readonly min: number }[],
  width: number,
): readonly number[] | undefined {
  const gaps = GAP * Math.max(0, columns.length - 1);
  const widths = columns.map(({ natural, min }) => Math.max(min, Math.min(natural, width)));
  for (let over = sum(widths) + gaps - width; over > 0; over -= 1) {
    let widest = -1;
    for (const [index, size] of widths.entries()) {
      const mayShrink = size > (columns[index]?.min ?? size);
      if (mayShrink && (widest < 0 || size > (widths[widest] ?? 0))) widest = index;
    }
    if (widest < 0) return undefined;
    widths[widest] = (widths[widest] ?? 1) - 1;
  }
  return widths;
}

function blocks(
  kept: readonly { readonly index: number; readonly title: string; readonly whole: boolean }[],
  texts: readonly (readonly string[])[],
  rows: readonly (readonly TableCell[])[],
  look: TableLook,
): readonly string[] {
  const label = Math.max(0, ...kept.map(({ title }) => textWidth(title) + 1)) + 1;
  return texts.flatMap((row, at) => [
    ...(at === 0 ? [] : [""]),
    ...kept
      .filter(({ index }) => row[index] !== "")
      .map(({ index, title, whole }) => {
        const text = row[index] ?? "";
        const cut = whole ? text : cutText(text, Math.max(1, look.width - label));
        return padded(`${title}:`, label, look.heading ?? plain) + cellPaint(rows[at]?.[index])(cut);
      }),
  ]);
}

function padded(text: string, width: number, paint: Paint): string {
  return paint(text) + padText(text, width).slice(text.length);
}

function cellText(cell: TableCell | undefined): string {
  return cell === undefined ? "" : typeof cell === "string" ? cell : cell.text;
}

function cellPaint(cell: TableCell | undefined): Paint {
  return cell === undefined || typeof cell === "string" ? plain : cell.paint;
}

function plain(text: string): string {
  return text;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
