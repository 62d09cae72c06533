import { findingOf, type FindingCode } from "./doctor-findings.ts";

/** How bad it is: only errors make `node doctor` fail. `not-reached`: it stands on a check that failed. */
export type CheckLevel = "ok" | "note" | "warning" | "error" | "not-reached";

/** One thing that was looked at. */
export interface Check {
  /** Stable; scripts may ask for it. */
  readonly id: string;
  readonly level: CheckLevel;
  /** What was found wrong, where that is one of the known things. */
  readonly code?: FindingCode;
  /** The evidence. */
  readonly text: string;
  /** What to do, in words. */
  readonly remedy?: string;
  /** What mends it, ready to be typed. */
  readonly command?: string;
  /** Where it is to be typed; absent means on this machine. */
  readonly on?: "gateway";
}

export function check(id: string, level: CheckLevel, text: string, command?: string): Check {
  return { id, level, text, ...(command === undefined ? {} : { command }) };
}

export interface FoundMore {
  readonly level?: CheckLevel;
  readonly command?: string | undefined;
  readonly on?: "gateway";
}

/** A known trouble: its rung and its remedy come from the table. */
export function found(code: FindingCode, text: string, more: FoundMore = {}): Check {
  const { rung, remedy } = findingOf(code);
  const { level = "error", command, on } = more;
  return {
    id: rung,
    level,
    code,
    text,
    remedy,
    ...(command === undefined ? {} : { command }),
    ...(on === undefined ? {} : { on }),
  };
}

export function notReached(id: string, because: string): Check {
  return { id, level: "not-reached", text: `not reached: ${because}` };
}
