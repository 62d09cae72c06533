import type { Connection, Session } from "./connection.ts";
import type { EraRules } from "./era.ts";
import type { DeviceTokenRecord } from "./gateway-state.ts";
import type { GatewayParts } from "./gateway-parts.ts";

const EVENTS = [
  "connect.challenge",
  "tick",
  "shutdown",
  "node.pair.requested",
  "node.pair.resolved",
  "node.invoke.request",
  "device.pair.requested",
  "device.pair.resolved",
  "exec.approval.requested",
  "exec.approval.resolved",
];

/** What the newest era adds for chat clients; nothing of it concerns a node. */
const NEWEST_POLICY = {
  attachments: { maxBytes: 0, maxImageBytes: 0 },
  allowedSessionVisibilities: [],
  hasMultipleSessionSharingIdentities: false,
};

/** The payload of hello, with the keys that an era has. Source: protocol section 2.5. */
export function helloPayload(
  parts: GatewayParts,
  connection: Connection,
  session: Session,
  method: string,
  token: DeviceTokenRecord | undefined,
  methods: readonly string[],
): Readonly<Record<string, unknown>> {
  const { rules, policy } = parts;
  const newest = rules.era === "2026.9";
  const auth = helloAuth(rules, session, method, token);
  return {
    type: "hello-ok",
    protocol: rules.protocol,
    server: {
      version: rules.serverVersion,
      ...(newest ? { buildId: `${rules.serverVersion}-dev`, bootId: parts.bootId } : {}),
      ...(rules.era === "2026.2" ? { host: "dev-gateway" } : {}),
      connId: connection.id,
    },
    features: {
      ...(newest ? { capabilities: [] } : {}),
      methods,
      events: newest ? [...EVENTS, "node.invoke.cancel", "node.runnerInventory.changed"] : EVENTS,
    },
    snapshot: {
      presence: [],
      health: { ok: true, ts: parts.now() },
      stateVersion: { presence: 1, health: 1 },
      uptimeMs: parts.now() - parts.startedAtMs,
    },
    ...(rules.era === "2026.6" ? { pluginSurfaceUrls: {} } : {}),
    ...(auth === undefined ? {} : { auth }),
    policy: {
      maxPayload: policy.maxPayload,
      maxBufferedBytes: policy.maxBufferedBytes,
      tickIntervalMs: policy.tickIntervalMs,
      ...(newest ? NEWEST_POLICY : {}),
    },
  };
}

function helloAuth(
  rules: EraRules,
  session: Session,
  method: string,
  token: DeviceTokenRecord | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const issued =
    token === undefined
      ? {}
      : { deviceToken: token.token, issuedAtMs: token.rotatedAtMs ?? token.createdAtMs };
  const always = rules.era === "2026.9" || rules.era === "2026.6";
  if (!always && token === undefined) return undefined;
  return {
    ...(rules.era === "2026.9" ? { method } : {}),
    role: session.role,
    scopes: rules.tokenScopesInHello ? (token?.scopes ?? session.scopes) : session.scopes,
    ...issued,
  };
}
