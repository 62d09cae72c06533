import type { NodeInfo } from "@openclaw/protocol";

export type NodeStatus = "connected" | "unapproved" | "no commands" | "offline" | "not paired";

/** One word for what a node is good for right now. */
export function nodeStatus(node: NodeInfo): NodeStatus {
  if (!node.connected) return node.paired ? "offline" : "not paired";
  if (node.approvalState === "pending-approval" || node.pendingRequestId !== undefined) return "unapproved";
  // Gateways that do not tell the state show an unapproved node without commands. Source: protocol section 4.1.
  return node.commands.length === 0 ? "no commands" : "connected";
}

/** When the node was last there, in milliseconds since the epoch. */
export function lastSeen(node: NodeInfo): number | undefined {
  const { lastSeenAtMs = 0, lastDisconnectedAtMs = 0, lastConnectedAtMs = 0, connectedAtMs = 0 } = node;
  const last = Math.max(lastSeenAtMs, lastDisconnectedAtMs, lastConnectedAtMs, connectedAtMs);
  return last > 0 ? last : undefined;
}
