import { stringOption, type CommandInput } from "./command.ts";
import { CliError } from "./errors.ts";

/** Milliseconds of each unit that a person may name. */
export const SPAN_UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A span as a person says it: `90s`, `30m`, `2h`, `1h30m`, `3d`. Milliseconds; undefined for anything else. */
export function parseSpan(text: string): number | undefined {
  if (!/^(?:\d{1,6} ?(?:s|min|m|h|d|w) ?){1,4}$/u.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+) ?(s|min|m|h|d|w)/gu))
    total += Number(count) * (SPAN_UNITS[unit ?? ""] ?? 0);
  return total;
}

/** The span that an option names; undefined without it. Throws `bad-option`. */
export function spanOption(input: CommandInput, name: string, maxMs: number): number | undefined {
  const text = stringOption(input, name);
  if (text === undefined) return undefined;
  const ms = parseSpan(text);
  if (ms !== undefined && ms > 0 && ms <= maxMs) return ms;
  const why =
    ms === undefined ? "is no span" : ms === 0 ? "is no time at all" : `is over ${maxMs / 86_400_000} days`;
  throw new CliError("bad-option", `invalid --${name}: \`${text}\` ${why}`, [
    "use 90s, 30m, 2h, 1h30m or 3d",
  ]);
}
