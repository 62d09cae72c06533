import { createHash } from "node:crypto";
import { LIMITS as PROTOCOL_LIMITS, utf8Length } from "@openclaw/protocol";
import type { ApprovalsDocument } from "./approvals-document.ts";
import type { EraRules } from "./era.ts";
import type { GatewayState } from "./gateway-state.ts";
import { isFields } from "./plain-object.ts";

/** The exec approvals document of the Gateway's own machine; it decides nothing here. */
export interface HostApprovals {
  snapshot(): Readonly<Record<string, unknown>>;
  /** The reason why the document was not taken; undefined when it was. */
  set(file: ApprovalsDocument, baseHash: string | undefined): string | undefined;
}

export interface HostApprovalsParts {
  readonly state: GatewayState;
  readonly rules: EraRules;
  readonly newId: () => string;
  readonly changed: () => void;
}

const RESOLVED = { security: "full", ask: "off", askFallback: "deny", autoAllowSkills: false };

export function createHostApprovals(parts: HostApprovalsParts): HostApprovals {
  const { state, rules, newId, changed } = parts;
  const current = (): ApprovalsDocument => state.execApprovals ?? { version: 1, defaults: {}, agents: {} };
  const hash = (): string => createHash("sha256").update(sortedJson(current())).digest("hex");
  return {
    snapshot: () => {
      const file = current();
      const resolvedDefaults = { ...RESOLVED, ...file.defaults };
      const common = { path: "dev-gateway#exec-approvals", exists: true, file, hash: hash() };
      return rules.era === "2026.9" ? { ...common, resolvedDefaults } : common;
    },
    set: (file, baseHash) => {
      const again = "re-run exec.approvals.get and retry";
      if (baseHash === undefined) return `exec approvals base hash required; ${again}`;
      if (utf8Length(JSON.stringify(file)) > PROTOCOL_LIMITS.policyBytes) {
        return `exec approvals file is larger than ${PROTOCOL_LIMITS.policyBytes} bytes`;
      }
      if (baseHash !== hash()) return `exec approvals changed since last load; ${again}`;
      state.execApprovals = { defaults: {}, ...file, agents: withEntryIds(file.agents, newId) };
      changed();
      return undefined;
    },
  };
}

/** The same text for the same document, whatever the order of its keys. */
function sortedJson(document: ApprovalsDocument): string {
  return JSON.stringify(document, (_key, value: unknown) =>
    isFields(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** Every allowlist entry gets an id of its own. */
function withEntryIds(
  agents: ApprovalsDocument["agents"],
  newId: () => string,
): NonNullable<ApprovalsDocument["agents"]> {
  return Object.fromEntries(
    Object.entries(agents ?? {}).map(([name, agent]) => {
      if (agent.allowlist === undefined) return [name, agent];
      const allowlist = agent.allowlist.map((entry) => ({ ...entry, id: entry.id ?? newId() }));
      return [name, { ...agent, allowlist }];
    }),
  );
}
