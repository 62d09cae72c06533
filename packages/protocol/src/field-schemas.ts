import * as z from "zod/mini";

/** Text of at most so many UTF-16 units; may be empty. */
export function boundedText(maxChars: number): z.ZodMiniType<string> {
  return z.string().check(z.maxLength(maxChars));
}

/** Text of at least one and at most so many UTF-16 units. */
export function boundedName(maxChars: number): z.ZodMiniType<string> {
  return z.string().check(z.minLength(1), z.maxLength(maxChars));
}

export const nonEmptyText: z.ZodMiniType<string> = z.string().check(z.minLength(1));

/** 0, 1, 2 … */
export const wholeNumber: z.ZodMiniType<number> = z.int().check(z.nonnegative());

/** Absent and null both read as undefined: official programs send either. */
export function orAbsent<T>(schema: z.ZodMiniType<T>): z.ZodMiniType<T | undefined> {
  return z.pipe(
    z.nullish(schema),
    z.transform((value: T | null | undefined) => value ?? undefined),
  );
}

/** Absent and null both read as a value that stands for them. */
export function orElse<T, F>(schema: z.ZodMiniType<T>, fallback: F): z.ZodMiniType<T | F> {
  return z.pipe(
    z.nullish(schema),
    z.transform((value: T | null | undefined) => value ?? fallback),
  );
}

/** Absent, null and blank text all read as undefined. */
export function orBlank(schema: z.ZodMiniType<string>): z.ZodMiniType<string | undefined> {
  return z.pipe(
    z.nullish(schema),
    z.transform((value: string | null | undefined) =>
      value === null || value === undefined || value.trim() === "" ? undefined : value,
    ),
  );
}
