/** How bad it is: only errors make `node doctor` fail. */
export type CheckLevel = "ok" | "note" | "warning" | "error";

/** One thing that was looked at. */
export interface Check {
  /** Stable; scripts may ask for it. */
  readonly id: string;
  readonly level: CheckLevel;
  readonly text: string;
  /** What mends it, ready to be typed. */
  readonly command?: string;
  /** Where it is to be typed; absent means on this machine. */
  readonly on?: "gateway";
}

export function check(id: string, level: CheckLevel, text: string, command?: string): Check {
  return { id, level, text, ...(command === undefined ? {} : { command }) };
}
