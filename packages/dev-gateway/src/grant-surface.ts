import { broadcast } from "./broadcast.ts";
import type { Connection, Session } from "./connection.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import type { NodeSession } from "./node-registry.ts";
import { shownName } from "./plain-object.ts";
import { knownCommands } from "./platform-commands.ts";
import { shownRequest } from "./surface-view.ts";
import type { DeclaredSurface } from "./surface-store.ts";

/** Registers a node that just connected and asks for its surface where it is not approved yet. */
export function joinNode(parts: GatewayParts, connection: Connection, session: Session): void {
  const { client, caps = [], commands = [], pathEnv } = session.connect;
  // Only the oldest era lets a node in without a device; it is known by its instance then.
  const nodeId = session.deviceId ?? client.instanceId ?? connection.id;
  const declared: DeclaredSurface = {
    nodeId,
    displayName: client.displayName,
    platform: client.platform,
    version: client.version,
    deviceFamily: client.deviceFamily,
    remoteIp: connection.origin.remoteIp,
    clientId: client.id,
    clientMode: client.mode,
    caps,
    commands,
  };
  const { created, replaced } = parts.surfaces.declare(declared, session.local);
  if (replaced !== undefined) {
    const { requestId } = replaced;
    broadcast(parts.connections, "node.pair.resolved", {
      requestId,
      nodeId,
      decision: "rejected",
      ts: parts.now(),
    });
    parts.emit({ type: "surface-resolved", requestId, nodeId, decision: "rejected" });
  }
  if (created !== undefined) {
    const { requiredApproveScopes, ...shown } = shownRequest(created, parts.rules);
    const newest = parts.rules.era === "2026.9";
    const payload = newest ? { ...shown, requiredApproveScopes } : shown;
    broadcast(parts.connections, "node.pair.requested", payload);
    parts.emit({
      type: "surface-requested",
      requestId: created.requestId,
      nodeId,
      ...(created.displayName === undefined ? {} : { displayName: created.displayName }),
      caps: created.caps,
      commands: created.commands,
    });
    parts.log(
      `node ${shownName(nodeId.slice(0, 12))} asks for its command surface: request ${created.requestId}`,
    );
  }
  // Whoever made the code has said yes to the machine that brings it.
  if (created !== undefined && session.byCode) parts.surfaces.approve(created.requestId);
  const approved = parts.surfaces.approved(nodeId);
  const node: NodeSession = {
    nodeId,
    connection,
    declared,
    pathEnv,
    connectedAtMs: parts.now(),
    displayName: (parts.rules.era === "2026.9" ? approved?.displayName : undefined) ?? client.displayName,
    caps: [],
    commands: [],
  };
  parts.surfaces.seen(nodeId);
  grantSurface(parts, node);
  parts.nodes.add(node);
}

/** Gives a connected node what it declared and what was approved. */
export function grantSurface(parts: GatewayParts, node: NodeSession): void {
  const { rules } = parts;
  const { declared } = node;
  const known = knownCommands(declared, declared.commands, rules);
  if (rules.surfaceApproval === "none") {
    node.caps = declared.caps;
    node.commands = known;
    return;
  }
  const approved = parts.surfaces.approved(node.nodeId);
  const granted = approved?.commands ?? [];
  node.commands = known.filter((name) => granted.includes(name));
  // The first era with approval shows the capabilities before anybody said yes.
  node.caps =
    rules.surfaceApproval === "on-reconnect"
      ? declared.caps
      : (approved?.caps ?? []).filter((name) => !rules.fewerCapsAsk || declared.caps.includes(name));
}
