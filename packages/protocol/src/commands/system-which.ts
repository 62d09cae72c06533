import * as z from "zod/mini";
import { boundedText } from "../field-schemas.ts";
import { LIMITS } from "../limits.ts";

/** Params of `system.which`. Source: protocol section 4.4. */
export interface SystemWhichParams {
  readonly bins: readonly string[];
}

export const systemWhichParamsSchema: z.ZodMiniType<SystemWhichParams> = z.object({
  bins: z
    .array(boundedText(LIMITS.nameChars), "bins required")
    .check(z.maxLength(LIMITS.whichBins, `more than ${LIMITS.whichBins} names`)),
});

/** Found names only, each with its absolute path. */
export interface SystemWhichResult {
  readonly bins: Readonly<Record<string, string>>;
}

export const systemWhichResultSchema: z.ZodMiniType<SystemWhichResult> = z.object({
  bins: z.record(z.string(), z.string()),
});
