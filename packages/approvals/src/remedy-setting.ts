import type { LoadedPolicy } from "./policy/document.ts";
import { edited, withAgent } from "./policy/edit.ts";
import { ownAgent } from "./policy/normalise.ts";
import type { SettingRule } from "./rule.ts";

/** The policy with another value at the place that a rule names; nothing is written. */
export function withSetting(
  policy: LoadedPolicy,
  { field, agent }: SettingRule,
  value: string,
): LoadedPolicy | undefined {
  if (policy.kind === "malformed") return undefined;
  const { json } = policy;
  const edit = edited(
    agent === undefined
      ? { ...json, defaults: { ...json.defaults, [field]: value } }
      : withAgent(json, agent, { ...ownAgent(json.agents, agent), [field]: value }),
  );
  return edit.ok ? edit.policy : undefined;
}
