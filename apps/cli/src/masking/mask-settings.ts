import * as z from "zod/mini";
import { perAgentSchema, type PerAgent } from "../host/per-agent.ts";

/** What is masked in the output of runs, from node.json. */
export interface MaskSetting {
  /** Names of variables whose values are masked; `*` stands for any characters. */
  readonly variables?: readonly string[] | undefined;
  /** Also what looks like a common token. Absent means yes. */
  readonly tokens?: boolean | undefined;
}

export type MaskSettings = PerAgent<MaskSetting>;

/** Names in one setting, and characters of a name. */
const VARIABLES = 64;
const NAME = /^[A-Za-z0-9_*()]{1,128}$/u;

export const maskSettingsSchema: z.ZodMiniType<MaskSettings> = perAgentSchema(
  z.strictObject({
    variables: z.optional(
      z
        .array(
          z
            .string()
            .check(
              z.regex(NAME, "must be the name of a variable, in which `*` may stand for any characters"),
            ),
        )
        .check(z.maxLength(VARIABLES)),
    ),
    tokens: z.optional(z.boolean()),
  }),
);
