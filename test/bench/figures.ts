import { readdirSync, readFileSync } from "node:fs";

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

/** The value that so large a part of all does not exceed. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

/** Proportional set size of a process and all its children, in MiB. */
export function treePss(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const own = Number(/^Pss:\s+(\d+) kB/mu.exec(rollup)?.[1] ?? Number.NaN) / 1024;
  return own + childrenOf(pid).reduce((sum, child) => sum + treePss(child), 0);
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number),
  );
}

export interface Figure {
  readonly name: string;
  readonly ours: number;
  readonly floor: number;
  readonly unit: string;
  /** The figure itself, and what it should be. */
  readonly value: number;
  readonly limit: number;
  /** What it shall become. */
  readonly aim?: number;
  readonly better: "lower" | "higher";
}

export function formatFigures(figures: readonly Figure[]): string {
  const rows = [
    ["figure", "ours", "floor", "ratio", "limit", "aim", ""],
    ...figures.map((figure) => [
      figure.name,
      `${round(figure.ours)} ${figure.unit}`,
      Number.isNaN(figure.floor) ? "-" : `${round(figure.floor)} ${figure.unit}`,
      round(figure.value),
      bound(figure, figure.limit),
      figure.aim === undefined ? "" : bound(figure, figure.aim),
      holds(figure) ? "ok" : "MISSED",
    ]),
  ];
  const widths =
    rows[0]?.map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function holds(figure: Figure): boolean {
  return figure.better === "lower" ? figure.value <= figure.limit : figure.value >= figure.limit;
}

function bound({ better }: Figure, value: number): string {
  return `${better === "lower" ? "<=" : ">="} ${round(value)}`;
}

function round(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : value.toFixed(2);
}
