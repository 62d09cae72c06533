import type { Connection } from "./connection.ts";
import { covers } from "./pairing-need.ts";

/** Events that only operators with this scope see; the others go to every client. */
const EVENT_SCOPES: Readonly<Record<string, string>> = {
  "node.pair.requested": "operator.pairing",
  "node.pair.resolved": "operator.pairing",
  "device.pair.requested": "operator.pairing",
  "device.pair.resolved": "operator.pairing",
};

/** Sends an event to everyone who may see it. */
export function broadcast(connections: Iterable<Connection>, event: string, payload: unknown): void {
  const scope = EVENT_SCOPES[event];
  for (const connection of connections) {
    const { session } = connection;
    if (session === undefined) continue;
    const sees = scope === undefined || (session.role === "operator" && covers(session.scopes, scope));
    if (sees) connection.broadcast(event, payload, event === "tick");
  }
}
