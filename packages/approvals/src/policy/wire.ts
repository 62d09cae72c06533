import type {
  AllowlistEntry,
  ExecApprovalsAgent,
  ExecApprovalsFile,
  ExecApprovalsScope,
} from "@openclaw/protocol";
import type { AgentJson, EntryJson, LoadedPolicy, PolicyScope } from "./document.ts";
import { BUILT_IN } from "./effective.ts";
import { readEntry } from "./read.ts";

/**
 * The policy as `system.execApprovals.get` may show it: closed at every level, no token, no
 * deny entries (an older reader would take them for permission). Absent defaults are
 * written out, because the newest Gateways read an absent field as the widest value.
 * A malformed policy is shown as what it does: deny. Source: exec sections 1.4 and 1.5.
 */
export function projectPolicy(policy: LoadedPolicy): ExecApprovalsFile {
  if (policy.kind === "malformed") {
    const defaults = { security: "deny", ask: "off", askFallback: "deny" } as const;
    return { version: 1, defaults: { ...defaults, autoAllowSkills: false }, agents: {} };
  }
  const { socket, defaults, agents } = policy.json;
  const path = socket?.["path"];
  return {
    version: 1,
    ...(typeof path === "string" && path.trim() !== "" ? { socket: { path } } : {}),
    defaults: { ...BUILT_IN, ...projectScope(defaults ?? {}) },
    agents: Object.fromEntries(
      Object.entries(agents ?? {}).map(([key, agent]) => [key, projectAgent(agent)]),
    ),
  };
}

function projectScope(scope: PolicyScope): ExecApprovalsScope {
  return {
    ...(scope.security === undefined ? {} : { security: scope.security }),
    ...(scope.ask === undefined ? {} : { ask: scope.ask }),
    ...(scope.askFallback === undefined ? {} : { askFallback: scope.askFallback }),
    ...(scope.autoAllowSkills === undefined ? {} : { autoAllowSkills: scope.autoAllowSkills }),
  };
}

function projectAgent(agent: AgentJson): ExecApprovalsAgent {
  const scope = projectScope(agent);
  if (agent.allowlist === undefined) return scope;
  return { ...scope, allowlist: agent.allowlist.flatMap((entry) => projectEntry(entry) ?? []) };
}

/** An entry that matches nothing is not shown: without its condition it would look wider. */
function projectEntry(json: EntryJson): AllowlistEntry | undefined {
  const read = readEntry(json);
  if (read === undefined) return undefined;
  // The wire form has no word for our own conditions. A Gateway that does not see them asks
  // too rarely, and this host then refuses; nothing runs by it.
  const { contentSha256: _content, launchSha256: _launch, ...entry } = read;
  const { lastUsedAt, lastUsedCommand, lastResolvedPath } = json;
  return {
    ...entry,
    ...(typeof lastUsedAt === "number" && Number.isFinite(lastUsedAt) && lastUsedAt >= 0
      ? { lastUsedAt }
      : {}),
    ...(typeof lastUsedCommand === "string" ? { lastUsedCommand } : {}),
    ...(typeof lastResolvedPath === "string" ? { lastResolvedPath } : {}),
  };
}
