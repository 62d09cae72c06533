import type { EntryJson, LoadedPolicy, PolicyJson } from "./document.ts";
import { edited, randomEntryId, unchanged, type PolicyEdit, type RandomId } from "./edit.ts";
import { loadPolicy } from "./load.ts";

/**
 * The owner's own document takes the place of the whole policy: what is not in it is gone.
 * Only the socket's token stays, which is shown to nobody. Refused when the policy is not
 * the one with the hash `baseHash` any more. A malformed policy is replaced as well.
 */
export function replacePolicy(
  current: LoadedPolicy,
  { text, baseHash }: { readonly text: string; readonly baseHash: string },
  randomId: RandomId = randomEntryId,
): PolicyEdit {
  if (current.hash !== baseHash) {
    const message = "the policy was changed by somebody else in the meantime";
    return { ok: false, code: "base-hash-changed", message };
  }
  const wanted = loadPolicy(text);
  if (wanted.kind === "malformed")
    return { ok: false, code: "file-invalid", message: wanted.problem.message };
  const token = current.kind === "ok" ? current.json.socket?.["token"] : undefined;
  const socket = token === undefined ? wanted.json.socket : { token, ...wanted.json.socket };
  const json: PolicyJson = { ...wanted.json, ...(socket === undefined ? {} : { socket }) };
  const result = edited(withIds(json, randomId));
  const same = result.ok && result.policy.hash === current.hash;
  return same && current.kind === "ok" ? unchanged(current) : result;
}

/** Gateways refuse entries without an id. */
function withIds(json: PolicyJson, randomId: RandomId): PolicyJson {
  const { agents } = json;
  if (agents === undefined) return json;
  const named = (entry: EntryJson): EntryJson => {
    const { id } = entry;
    return typeof id === "string" && id !== "" ? entry : { id: randomId(), ...entry };
  };
  return {
    ...json,
    agents: Object.fromEntries(
      Object.entries(agents).map(([key, agent]) => [
        key,
        agent.allowlist === undefined ? agent : { ...agent, allowlist: agent.allowlist.map(named) },
      ]),
    ),
  };
}
