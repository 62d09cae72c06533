import { effectivePolicy, loadPolicy } from "@openclaw/approvals";
import { readStateFile, type StatePaths } from "@openclaw/config-store";
import { endpointFromParts } from "@openclaw/gateway-connection";
import { LIMITS } from "@openclaw/protocol";
import type { LinkProblem } from "../host/last-problem.ts";
import type { PolicyView } from "../host/host-status.ts";
import { readNodeFile } from "../host/node-file.ts";
import { lastLogError } from "./last-log-error.ts";

/** What the files say while no host runs. Every part may be missing; `problems` says why. */
export interface SavedFacts {
  readonly gateway?: string;
  readonly deviceId?: string;
  readonly nodeId?: string;
  readonly displayName?: string;
  readonly policyEdits?: string;
  readonly gatewayApprovals?: string;
  readonly policy?: PolicyView;
  /** The last error in the log. */
  readonly lastError?: LinkProblem;
  readonly policyState: "ok" | "absent" | "malformed" | "unreadable";
  readonly problems: readonly string[];
}

/** Reads only. Nothing here throws: a broken file is what a person wants to be told about. */
export function readSavedFacts(
  paths: StatePaths,
  env: Readonly<Record<string, string | undefined>>,
): SavedFacts {
  const problems: string[] = [];
  const tried = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const node = tried(() => readNodeFile(paths.nodeFile));
  const address = node?.gateway;
  const gateway = address === undefined ? undefined : tried(() => endpointFromParts(address, env).url);
  const deviceId = tried(() => deviceIdIn(paths.deviceFile));
  const policy = tried(() => policyIn(paths.approvalsFile));
  const lastError = lastLogError(paths);
  if (policy?.problem !== undefined) problems.push(policy.problem);
  return {
    ...(gateway === undefined ? {} : { gateway }),
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(node === undefined
      ? {}
      : {
          nodeId: node.nodeId,
          policyEdits: node.policyEdits ?? "free",
          gatewayApprovals: node.gatewayApprovals ?? "on",
        }),
    ...(lastError === undefined ? {} : { lastError }),
    ...(node?.displayName === undefined ? {} : { displayName: node.displayName }),
    ...(policy === undefined ? {} : { policy: policy.view }),
    policyState: policy?.state ?? "unreadable",
    problems,
  };
}

/** The id in an identity file; undefined where there is none. Throws for a file that cannot be read. */
export function deviceIdIn(path: string): string | undefined {
  const file = readStateFile(path, { what: "device identity" });
  if (file.kind === "absent") return undefined;
  const id: unknown = Reflect.get(Object(JSON.parse(file.text)), "deviceId");
  return typeof id === "string" ? id : undefined;
}

function policyIn(path: string): {
  readonly state: "ok" | "absent" | "malformed";
  readonly view: PolicyView;
  readonly problem?: string;
} {
  const file = readStateFile(path, { what: "exec approvals", maxBytes: LIMITS.policyBytes });
  const policy = loadPolicy(file.kind === "absent" ? undefined : file.text);
  const { security, ask, askFallback } = effectivePolicy(policy, undefined);
  const view = { path, security: security.value, ask: ask.value, askFallback: askFallback.value };
  if (policy.kind === "ok") return { state: file.kind === "absent" ? "absent" : "ok", view };
  const { message, line, column } = policy.problem;
  const place = line === undefined ? "" : ` at line ${line}, column ${column ?? 1}`;
  return {
    state: "malformed",
    view,
    problem: `every command is refused, because the policy \`${path}\` cannot be used${place}: ${message}`,
  };
}
