import { detectCgroupHome, type CgroupPlaces } from "./cgroup-home.ts";
import { isTableReadable } from "./process-table.ts";
import { detectLimitTools, type LimitTools } from "./limit-tools.ts";
import type { CgroupHome } from "./run-cgroup.ts";

/**
 * How the processes of a run are found when it has to end. `cgroup`: the kernel knows them all. `process-tree`: group,
 * descendants, sessions and a marker in the environment. `process-group`: only those that stayed in the group.
 * `taskkill`: what Windows sees as the tree.
 */
export type ContainmentKind = "cgroup" | "process-tree" | "process-group" | "taskkill";

/** What this machine has to hold runs together and to limit them; found once, at the start of the host. */
export interface Containment {
  readonly kind: ContainmentKind;
  /** Why not the next better kind, for a person; undefined for the best that the platform has. */
  readonly whyNotBetter: string | undefined;
  /** There for the kind `cgroup`. */
  readonly cgroup: CgroupHome | undefined;
  readonly tools: LimitTools;
}

export interface DetectOptions extends Partial<CgroupPlaces> {
  readonly platform?: NodeJS.Platform;
  /** Use control groups where they can be used. This moves the calling process into a group `main` of its own group. */
  readonly useCgroup?: boolean;
}

/** Looks at what there is, and where a control group is delegated to this process, prepares it for runs. Never throws. */
export function detectContainment(options: DetectOptions = {}): Containment {
  const { platform = process.platform, useCgroup = true } = options;
  const without = (kind: ContainmentKind, whyNotBetter: string | undefined): Containment => ({
    kind,
    whyNotBetter,
    cgroup: undefined,
    tools: detectLimitTools(platform),
  });
  if (platform === "win32") return without("taskkill", undefined);
  if (platform !== "linux")
    return without("process-group", "this system has no /proc to find other processes in");
  if (!isTableReadable()) return without("process-group", "/proc does not show the processes of this user");
  if (!useCgroup) return without("process-tree", "control groups are switched off");
  const home = detectCgroupHome(options);
  if (!home.ok) return without("process-tree", home.reason);
  return { ...without("cgroup", undefined), cgroup: home.cgroup };
}

/** What a run uses when its host has not looked. */
export function plainContainment(platform: NodeJS.Platform): ContainmentKind {
  if (platform === "win32") return "taskkill";
  return platform === "linux" ? "process-tree" : "process-group";
}
