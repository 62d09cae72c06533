import { join } from "node:path";
import { lstatSync } from "node:fs";
import { initialPolicyText, type LoadedPolicy } from "@openclaw/approvals";
import type { StatePaths } from "@openclaw/config-store";
import type { HostLog } from "./host-log.ts";
import type { NodeFile } from "./node-file.ts";
import type { PolicyStore } from "./policy-store.ts";

/** A new node gets the strict policy in writing, and its owner is told where it is and who may change it. */
export async function settleFirstPolicy(
  paths: StatePaths,
  policy: PolicyStore,
  node: NodeFile,
  log: HostLog,
): Promise<void> {
  if (!policy.exists()) {
    await policy.update((content) => (content === undefined ? initialPolicyText() : undefined));
    log.info(`wrote a strict policy to ${policy.path}: only listed commands run, everything else asks`);
    const elsewhere = join(paths.home, ".openclaw", "exec-approvals.json");
    if (elsewhere !== policy.path && isThere(elsewhere))
      log.info(`the policy in ${elsewhere} is not used; copy it if you want it here`);
    log.info(
      `the Gateway ${node.policyEdits === undefined || node.policyEdits === "free" ? "may" : "may not"} edit this policy and ` +
        `its operator ${node.gatewayApprovals === "off" ? "may not" : "may"} approve single runs ` +
        `(policyEdits and gatewayApprovals in ${paths.nodeFile})`,
    );
  }
  // Whatever is wrong with it is told when it is read.
  policy.current();
}

/** Tells the owner when the policy cannot be used, and when it can be used again. */
export function policyTeller(path: string, log: HostLog): (policy: LoadedPolicy) => void {
  let broken = false;
  return (policy) => {
    if (policy.kind === "malformed") {
      const { message, line, column } = policy.problem;
      const place = line === undefined ? "" : ` at line ${line}, column ${column ?? 1}`;
      log.error(
        `every command is refused, because the policy \`${path}\` cannot be used${place}: ${message}; mend the file, this host then takes it at once`,
      );
    } else if (broken) log.info(`the policy \`${path}\` can be used again`);
    broken = policy.kind === "malformed";
  };
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
