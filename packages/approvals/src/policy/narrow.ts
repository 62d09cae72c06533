import type { LoadedPolicy, PolicyDenyEntry } from "./document.ts";
import { denyKey } from "./deny-key.ts";
import { effectivePolicy, type EffectivePolicy } from "./effective.ts";
import { asksAtLeast, securityWithin } from "./order.ts";

/**
 * Whether a policy allows no more than the one before it, for every agent id: the named
 * ones, the unnamed ones (through `*`) and requests without an id.
 */
export function isNarrowing(before: LoadedPolicy, after: LoadedPolicy): boolean {
  const ids = new Set<string>(["main", "*"]);
  for (const policy of [before, after]) {
    if (policy.kind === "ok") for (const key of policy.document.agents.keys()) ids.add(key);
  }
  return [...ids].every((id) => narrows(effectivePolicy(before, id), effectivePolicy(after, id)));
}

function narrows(before: EffectivePolicy, after: EffectivePolicy): boolean {
  const allowed = new Set(before.allowlist.map(({ entry }) => entryKey(entry)));
  const denied = new Set(after.deny.map(({ entry }) => denyKey(entry)));
  const stillDenied = ({ pattern, argPattern }: PolicyDenyEntry): boolean =>
    denied.has(denyKey({ pattern })) || denied.has(denyKey({ pattern, argPattern }));
  return (
    securityWithin(after.security.value, before.security.value) &&
    asksAtLeast(after.ask.value, before.ask.value) &&
    securityWithin(after.askFallback.value, before.askFallback.value) &&
    (before.autoAllowSkills.value || !after.autoAllowSkills.value) &&
    after.allowlist.every(({ entry }) => allowed.has(entryKey(entry))) &&
    before.deny.every(({ entry }) => stillDenied(entry))
  );
}

function entryKey(entry: {
  readonly pattern: string;
  readonly argPattern?: string | undefined;
  readonly source?: string | undefined;
  readonly contentSha256?: string | undefined;
  readonly launchSha256?: string | undefined;
}): string {
  const { pattern, argPattern, source, contentSha256, launchSha256 } = entry;
  return JSON.stringify([pattern, argPattern, source, contentSha256, launchSha256].map((key) => key ?? null));
}
