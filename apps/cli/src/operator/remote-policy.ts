import { isDeepStrictEqual } from "node:util";
import { loadPolicy, type LoadedPolicy } from "@openclaw/approvals";
import { policySnapshotAnswerSchema, type ExecApprovalsFile } from "@openclaw/protocol";
import { CliError } from "../errors.ts";
import { printable } from "../output/printable.ts";
import { changedMeanwhile } from "./changed-meanwhile.ts";
import { OPERATOR_LIMITS } from "./limits.ts";
import { parseAnswer } from "./operator-gateway.ts";
import type { PolicyTarget, PolicyView } from "./policy-target.ts";

type Json = Readonly<Record<string, unknown>>;

/** How a policy elsewhere is read and replaced. */
export interface RemotePolicyCalls {
  readonly get: () => Promise<unknown>;
  readonly set: (params: {
    readonly file: ExecApprovalsFile;
    readonly baseHash?: string;
  }) => Promise<unknown>;
}

/** A policy that a Gateway or a node keeps; the hash of what was read guards every change. */
export function remotePolicy(label: string, option: string, calls: RemotePolicyCalls): PolicyTarget {
  const read = async (): Promise<PolicyView> => viewOf(await calls.get());
  const write = async (file: Json, hash: string): Promise<PolicyView> =>
    viewOf(
      await calls.set({
        // The receiver checks it, field by field, and says what is wrong.
        file: { ...file, version: 1 },
        ...(hash === "" ? {} : { baseHash: hash }),
      }),
    );
  return {
    label,
    option,
    absentMeans: undefined,
    read,
    edit: async (change) => {
      for (let attempt = 1; ; attempt += 1) {
        const before = await read();
        const edit = change(loadedFrom(before.file));
        if (!edit.ok) throw new CliError("bad-option", edit.message);
        if (!edit.changed || edit.policy.kind !== "ok") return { changed: false, view: before };
        try {
          return { changed: true, view: await write(edit.policy.json, before.hash) };
        } catch (error) {
          const raced = error instanceof CliError && error.code === "policy-changed";
          if (!raced || attempt >= OPERATOR_LIMITS.editTries) throw error;
        }
      }
    },
    inspect: async () => {
      const view = await read();
      return { view, policy: loadedFrom(view.file) };
    },
    plan: async ({ file, baseHash }) => {
      const view = await read();
      if (baseHash !== undefined && baseHash !== view.hash) throw changedMeanwhile();
      const [before, after] = [loadedFrom(view.file), loadedFrom(file)];
      if ([...after.document.agents.values()].some(({ deny }) => deny.length > 0)) throw denyIsLocal();
      const changed = !isDeepStrictEqual(before.json, after.json);
      return { before, after, changed, write: async () => await write(file, view.hash) };
    },
  };
}

/** Deny entries are the word of the machine's owner; a Gateway neither sees nor changes them. */
export function denyIsLocal(command?: string): CliError {
  return new CliError(
    "local-only",
    "deny entries cannot be seen or changed through a Gateway: they are the word of the machine's owner; nothing was changed",
    [
      command === undefined
        ? "set them on that machine: openclaw approvals deny add"
        : `run it on that machine: ${command}`,
    ],
  );
}

function viewOf(answer: unknown): PolicyView {
  const {
    path = "",
    exists = true,
    hash = "",
    file,
  } = parseAnswer(policySnapshotAnswerSchema, answer, "exec.approvals");
  return { path, exists, hash, file };
}

function loadedFrom(file: Json): Extract<LoadedPolicy, { kind: "ok" }> {
  const loaded = loadPolicy(JSON.stringify({ ...file, version: 1 }));
  if (loaded.kind === "ok") return loaded;
  throw new CliError(
    "bad-answer",
    `the policy that came back is malformed: ${printable(loaded.problem.message)}`,
  );
}
