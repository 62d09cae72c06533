import type { SandboxProfile } from "@openclaw/executor";
import * as z from "zod/mini";
import type { HostLog } from "./host-log.ts";
import type { SandboxHost } from "./run-sandbox.ts";

/** Sandboxes for runs, from node.json. */
export interface SandboxSettings {
  readonly profiles: Readonly<Record<string, SandboxProfile>>;
  /** The profile of every run for which nothing else is named; absent means no sandbox. */
  readonly default?: string | undefined;
  /** By agent. `none` is no sandbox. */
  readonly agents?: Readonly<Record<string, string>> | undefined;
  /** By the pattern of the allowlist entry that allows the run; counts before the agent. */
  readonly entries?: Readonly<Record<string, string>> | undefined;
}

/** No profile, on purpose. */
const NONE = "none";
/** Entries of one record, and directories of one profile. */
const MANY = 256;
const DIRECTORIES = 32;
const CHARS = 4096;

const profileName = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/u, "must be a plain name"));
const key = z.string().check(z.minLength(1), z.maxLength(CHARS));
const isShort = (record: object): boolean => Object.keys(record).length <= MANY;
const names = z.optional(z.record(key, profileName).check(z.refine(isShort, `more than ${MANY} entries`)));

export const sandboxSettingsSchema: z.ZodMiniType<SandboxSettings> = z
  .strictObject({
    profiles: z
      .record(
        profileName,
        z.strictObject({
          writable: z.optional(
            z
              .array(
                z
                  .string()
                  .check(z.maxLength(CHARS), z.regex(/^\/[^\0]*$/u, "must be the full path of a directory")),
              )
              .check(z.maxLength(DIRECTORIES)),
          ),
          network: z.optional(z.boolean()),
        }),
      )
      .check(z.refine(isShort, `more than ${MANY} profiles`)),
    default: z.optional(profileName),
    agents: names,
    entries: names,
  })
  .check(
    z.refine(
      ({ profiles }) => !Object.hasOwn(profiles, NONE),
      `no profile can be called \`${NONE}\`: that is the name of no sandbox`,
    ),
    // A misspelled name must not be a run without its sandbox.
    z.refine(
      ({ profiles, default: all, agents = {}, entries = {} }) =>
        [all, ...Object.values(agents), ...Object.values(entries)].every(
          (name) => name === undefined || name === NONE || Object.hasOwn(profiles, name),
        ),
      "names a profile that is not among `profiles`",
    ),
  );

export type ChosenProfile =
  | { readonly kind: "none" }
  | { readonly kind: "profile"; readonly name: string; readonly profile: SandboxProfile }
  /** Two entries of one run want different ones. */
  | { readonly kind: "conflict"; readonly names: readonly string[] };

/** The sandbox of a run of this agent that these allowlist patterns have allowed. */
export function chosenProfile(
  { profiles, default: all, agents = {}, entries = {} }: SandboxSettings,
  agentId: string | undefined,
  patterns: readonly string[],
): ChosenProfile {
  const wanted = new Set(patterns.flatMap((pattern) => own(entries, pattern) ?? []));
  if (wanted.size > 1) return { kind: "conflict", names: [...wanted] };
  const [named] = wanted;
  const name = named ?? (agentId === undefined ? undefined : own(agents, agentId)) ?? all ?? NONE;
  const profile = own(profiles, name);
  return profile === undefined ? { kind: "none" } : { kind: "profile", name, profile };
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Says at the start which sandboxes do not work here; only loaded where one is wanted. */
export async function tellSandboxes(
  settings: SandboxSettings,
  host: SandboxHost,
  log: Pick<HostLog, "warn">,
): Promise<void> {
  const { tellSandboxesOutOfReach } = await import("./run-sandbox.ts");
  await tellSandboxesOutOfReach(settings, host, log);
}
