export type Fields = Readonly<Record<string, unknown>>;

/** An object of named values, as JSON has it. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that is more than white space, trimmed; else undefined. */
export function filledText(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const trimmed = value.trim();
  return trimmed === "" ? undefined : trimmed;
}

/** The same fields without those that are undefined. */
export function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A name that somebody else chose, fit for a line on a terminal: short and without control characters. */
export function shownName(name: string): string {
  const plain = name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
  return plain.length > 40 ? `${plain.slice(0, 39)}…` : plain;
}
