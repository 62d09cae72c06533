import {
  applySet,
  initialPolicyText,
  loadPolicy,
  projectPolicy,
  replacePolicy,
  type LoadedPolicy,
  type PolicyEdit,
} from "@openclaw/approvals";
import {
  findForeignState,
  readStateFile,
  StoreError,
  updateStateFile,
  type StatePaths,
} from "@openclaw/config-store";
import { CliError } from "../errors.ts";
import { claimStateDir } from "../state.ts";
import { changedMeanwhile } from "./changed-meanwhile.ts";
import { OPERATOR_LIMITS } from "./limits.ts";
import type { PolicyTarget, PolicyView } from "./policy-target.ts";

const FILE = { what: "exec approvals", maxBytes: OPERATOR_LIMITS.policyBytes } as const;

type Json = Readonly<Record<string, unknown>>;

/** The policy of this machine, changed under the lock that a running node host takes as well. */
export function localPolicy(paths: StatePaths): PolicyTarget {
  const path = paths.approvalsFile;
  const change = async (
    edit: (current: LoadedPolicy) => PolicyEdit,
  ): Promise<{ changed: boolean; view: PolicyView }> => {
    claimStateDir(paths);
    let result: PolicyEdit | undefined;
    await updateStateFile(
      path,
      (text) => {
        // A first edit starts from the strict policy in writing, as the node host would have written it.
        result = edit(loadPolicy(text ?? initialPolicyText()));
        return result.ok && result.changed ? result.text : undefined;
      },
      FILE,
    );
    if (result === undefined || !result.ok) throw editRefused(result, path);
    return { changed: result.changed, view: viewOf(path, result.policy) };
  };
  return {
    label: "this machine",
    option: "",
    absentMeans: projectPolicy(loadPolicy(undefined)).defaults ?? {},
    read: async () => {
      // Somebody else's state directory holds no policy of ours, and says so.
      if (findForeignState(paths) !== undefined) claimStateDir(paths);
      return readLocal(path);
    },
    edit: change,
    inspect: async () => {
      if (findForeignState(paths) !== undefined) claimStateDir(paths);
      const text = textOf(path);
      const policy = loadPolicy(text);
      return { view: viewOf(path, policy), policy, ...(text === undefined ? {} : { text }) };
    },
    plan: async ({ file, whole, baseHash }) => {
      claimStateDir(paths);
      const seen = textOf(path);
      const before = loadPolicy(seen);
      const base = baseHash ?? before.hash;
      const make = (text: string | undefined): PolicyEdit => {
        const current = loadPolicy(text);
        if (current.hash !== base) throw changedMeanwhile();
        if (whole) return replacePolicy(current, { text: JSON.stringify(file), baseHash: base });
        // The strict policy is the base of the first one, as for every first edit.
        const under = withoutDeny(text === undefined ? loadPolicy(initialPolicyText()) : current);
        return applySet(under, { file, baseHash: under.hash });
      };
      const planned = make(seen);
      if (!planned.ok) throw editRefused(planned, path);
      return {
        before,
        after: planned.policy,
        changed: planned.policy.hash !== before.hash,
        write: async () => {
          let made: PolicyEdit | undefined;
          await updateStateFile(
            path,
            (text) => {
              made = make(text);
              return made.ok ? made.text : undefined;
            },
            FILE,
          );
          if (made === undefined || !made.ok) throw editRefused(made, path);
          return viewOf(path, made.policy);
        },
      };
    },
  };
}

function textOf(path: string): string | undefined {
  const file = readStateFile(path, FILE);
  return file.kind === "absent" ? undefined : file.text;
}

function readLocal(path: string): PolicyView {
  try {
    return viewOf(path, loadPolicy(textOf(path)));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { path, exists: true, hash: "", file: {}, problem: error.message };
  }
}

function viewOf(path: string, policy: LoadedPolicy): PolicyView {
  const { exists, hash } = policy;
  if (policy.kind === "malformed") {
    const { message, line, column } = policy.problem;
    const place = line === undefined ? "" : ` (line ${line}, column ${column ?? 1})`;
    return { path, exists, hash, file: {}, problem: `${message}${place}` };
  }
  const { socket, ...file } = policy.json;
  const socketPath: unknown = Reflect.get(Object(socket), "path");
  return {
    path,
    exists,
    hash,
    file: { ...file, ...(typeof socketPath === "string" ? { socket: { path: socketPath } } : {}) },
  };
}

/** The owner's document says what is denied; a Gateway's could not, which is why edits keep the entries otherwise. */
function withoutDeny(policy: LoadedPolicy): LoadedPolicy {
  if (policy.kind === "malformed" || !policy.exists) return policy;
  const agents = Object.entries((policy.json["agents"] ?? {}) as Readonly<Record<string, Json>>).map(
    ([id, { deny: _deny, ...agent }]) => [id, agent] as const,
  );
  return loadPolicy(JSON.stringify({ ...policy.json, agents: Object.fromEntries(agents) }));
}

function editRefused(edit: PolicyEdit | undefined, path: string): CliError {
  const message = edit === undefined || edit.ok ? "nothing was written" : edit.message;
  const text = message.replace(/^Error: (INVALID_REQUEST: )?/u, "");
  if (edit !== undefined && !edit.ok && edit.code === "policy-malformed") {
    return new CliError(
      "policy-malformed",
      `\`${path}\` is malformed, so every command is refused: ${text}`,
      [
        "openclaw approvals get shows where; mend it with openclaw approvals edit, or replace it with openclaw approvals set",
      ],
    );
  }
  return new CliError("bad-option", text);
}
