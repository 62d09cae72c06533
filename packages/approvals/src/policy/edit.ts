import { randomUUID } from "node:crypto";
import type { AgentJson, LoadedPolicy, PolicyJson } from "./document.ts";
import { policyText } from "./initial.ts";
import { loadPolicy } from "./load.ts";

/** Why a change of the policy was refused. */
export type PolicyEditCode =
  | "file-required"
  | "base-hash-required"
  | "base-hash-changed"
  | "file-invalid"
  | "edits-off"
  | "edit-widens"
  | "policy-malformed"
  | "policy-changed"
  | "pattern-invalid";

/** A policy after a change, with the text to store; `changed` false leaves the file alone. */
export type PolicyEdit =
  | {
      readonly ok: true;
      readonly changed: boolean;
      readonly text: string;
      readonly policy: LoadedPolicy;
    }
  | { readonly ok: false; readonly code: PolicyEditCode; readonly message: string };

/** Makes ids for entries that have none. */
export type RandomId = () => string;

export const randomEntryId: RandomId = () => randomUUID();

/** Renders a changed document and reads it back: what is stored is what was checked. */
export function edited(json: PolicyJson): PolicyEdit {
  const text = policyText(json);
  const policy = loadPolicy(text);
  return policy.kind === "ok"
    ? { ok: true, changed: true, text, policy }
    : { ok: false, code: "file-invalid", message: policy.problem.message };
}

export function unchanged(policy: Extract<LoadedPolicy, { kind: "ok" }>): PolicyEdit {
  return { ok: true, changed: false, text: policyText(policy.json), policy };
}

export function malformedEdit(): PolicyEdit {
  return {
    ok: false,
    code: "policy-malformed",
    message: "the policy file cannot be read; repair it first",
  };
}

/** The document with one agent exchanged or, without one, removed. */
export function withAgent(json: PolicyJson, id: string, agent: AgentJson | undefined): PolicyJson {
  const { [id]: _before, ...others } = json.agents ?? {};
  const agents = agent === undefined ? others : { ...json.agents, [id]: agent };
  if (Object.keys(agents).length > 0) return { ...json, agents };
  const { agents: _agents, ...rest } = json;
  return rest;
}
