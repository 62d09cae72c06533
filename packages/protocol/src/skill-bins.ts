import * as z from "zod/mini";
import { boundedText } from "./field-schemas.ts";
import { LIMITS } from "./limits.ts";

/** Answer to `skills.bins`, which a node may ask: names of the programs of installed skills. Source: protocol section 4.3. */
export interface SkillBinsResult {
  readonly bins: readonly string[];
}

export const skillBinsResultSchema: z.ZodMiniType<SkillBinsResult> = z.object({
  bins: z.array(boundedText(LIMITS.nameChars)).check(z.maxLength(LIMITS.skillBins)),
});
