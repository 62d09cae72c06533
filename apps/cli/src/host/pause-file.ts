import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseJsonDocument, readStateFile, writeStateFile, type StatePaths } from "@openclaw/config-store";
import * as z from "zod/mini";
import { writeProblem } from "./write-problem.ts";

export const PAUSE_LIMITS = {
  /** The longest pause with an end: 366 days, in milliseconds. */
  forMs: 31_622_400_000,
  /** How often a pause looks whether it is over; timers stand still while a machine sleeps. Milliseconds. */
  lookMs: 15_000,
  /** Bytes of the file. */
  fileBytes: 4096,
} as const;

/** A pause that outlives the host. Moments in milliseconds since the epoch. */
export interface KeptPause {
  readonly version: 1;
  readonly since: number;
  /** null: until somebody resumes. */
  readonly until: number | null;
}

const moment = z.int().check(z.minimum(0));
const keptPauseSchema: z.ZodMiniType<KeptPause> = z.object({
  version: z.literal(1),
  since: moment,
  until: z.nullable(moment),
});

export function pauseFileOf({ stateDir }: Pick<StatePaths, "stateDir">): string {
  return join(stateDir, "node-pause.json");
}

export type PauseFileText =
  | { readonly kind: "absent" }
  | { readonly kind: "kept"; readonly pause: KeptPause }
  /** There is one, and nobody can tell what it says. */
  | { readonly kind: "broken"; readonly why: string };

export function readPauseFile(path: string): PauseFileText {
  try {
    const file = readStateFile(path, { what: "pause file", maxBytes: PAUSE_LIMITS.fileBytes });
    if (file.kind === "absent") return file;
    const parsed = keptPauseSchema.safeParse(parseJsonDocument(file.text, { what: `\`${path}\`` }));
    if (!parsed.success) return { kind: "broken", why: `\`${path}\` is no pause file` };
    return { kind: "kept", pause: parsed.data };
  } catch (error) {
    return { kind: "broken", why: error instanceof Error ? error.message : String(error) };
  }
}

/** Throws a StoreError. */
export async function writePauseFile(path: string, pause: KeptPause): Promise<void> {
  await writeStateFile(path, `${JSON.stringify(pause)}\n`, { what: "pause file" });
}

/** Throws a StoreError; an absent file is no failure. */
export function removePauseFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw writeProblem(error, path, "remove the pause file");
  }
}
