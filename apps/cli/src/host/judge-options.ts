import { SAFE_BINS, type DecideOptions, type JudgeOptions } from "@openclaw/approvals";
import type { HostLog } from "./host-log.ts";
import type { NodeFile } from "./node-file.ts";

/** `tools.exec` of `openclaw.json`, read at start; absent is the engine's default. */
export interface ExecSettings {
  /** Replaces the programs that need no entry while they only read their input. */
  readonly safeBins?: readonly string[] | undefined;
  /** Code in arguments always needs an approval. */
  readonly strictInlineEval?: boolean | undefined;
}

/** What an owner set outside of the policy file: in `node.json` and `openclaw.json`. */
export interface OwnerSettings {
  readonly node: Pick<NodeFile, "policyEdits" | "legacyApprovals" | "gatewayApprovals">;
  readonly exec: ExecSettings;
}

/** Programs of skills as the Gateway named them: name and real path. A dry run has no Gateway to ask, and none. */
export type SkillPaths = ReadonlyMap<string, string>;

/** How `system.run.prepare` judges. */
export function judgeOptions({ node, exec }: OwnerSettings, skillBins?: SkillPaths): JudgeOptions {
  return {
    safeBins: exec.safeBins,
    strictInlineEval: exec.strictInlineEval === true,
    skillBins,
    // An operator's "allow always" widens the policy: only where the Gateway may edit it freely.
    alwaysGrants: (node.policyEdits ?? "free") === "free",
  };
}

/**
 * How `system.run` decides. A dry run leaves `prepared` out and gives no connection:
 * `decideOptions({ node, exec })` is the answer to a request that nobody has approved.
 */
export function decideOptions(
  owner: OwnerSettings,
  run: {
    readonly skillBins?: SkillPaths | undefined;
    readonly prepared?: DecideOptions["prepared"];
    /** The connection over which the request came. */
    readonly connection?: { readonly protocol: number; readonly prepareSeen: boolean };
  } = {},
): DecideOptions {
  const { node } = owner;
  const { skillBins, prepared, connection } = run;
  return {
    ...judgeOptions(owner, skillBins),
    prepared,
    legacyApprovals: node.legacyApprovals === true && connection?.protocol === 3 && !connection.prepareSeen,
    gatewayApprovals: node.gatewayApprovals !== "off",
  };
}

/** A name without a built-in profile changes nothing; its owner may think that it does. */
export function tellUnknownSafeBins({ safeBins = [] }: ExecSettings, log: Pick<HostLog, "warn">): void {
  const unknown = safeBins.filter((name) => !SAFE_BINS.includes(name));
  if (unknown.length === 0) return;
  log.warn(
    `tools.exec.safeBins names ${unknown.map((name) => `\`${name}\``).join(", ")}, but only ${SAFE_BINS.join(", ")} are known well enough to run without an entry; add an allowlist entry instead`,
  );
}
