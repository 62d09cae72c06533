import {
  devicePairListSchema,
  nodePairListSchema,
  type DeviceRequest,
  type PairedNode,
  type SurfaceRequest,
} from "@openclaw/protocol";
import { parseAnswer, type OperatorGateway } from "./operator-gateway.ts";

/** What waits for a person: command surfaces of paired nodes, and devices that want to become nodes. */
export interface PendingRequests {
  readonly surfaces: readonly SurfaceRequest[];
  readonly devices: readonly DeviceRequest[];
  readonly paired: readonly PairedNode[];
  /** The same as the Gateway sent it, with `kind` added, for `--json`. */
  readonly json: { readonly pending: readonly unknown[]; readonly paired: readonly unknown[] };
}

export async function listPending(gateway: OperatorGateway): Promise<PendingRequests> {
  const nodeAnswer = await gateway.call("node.pair.list", {});
  const nodes = parseAnswer(nodePairListSchema, nodeAnswer, "node.pair.list");
  const deviceAnswer = await gateway.call("device.pair.list", {});
  const all = parseAnswer(devicePairListSchema, deviceAnswer, "device.pair.list").pending;
  const devices = all.filter(asksForNodeOnly);
  const ids = new Set(devices.map(({ requestId }) => requestId));
  return {
    surfaces: nodes.pending,
    devices,
    paired: nodes.paired,
    json: {
      pending: [
        ...listIn(nodeAnswer, "pending").map((request) => ({ ...request, kind: "surface" })),
        ...listIn(deviceAnswer, "pending")
          .filter((request) => ids.has(String(request["requestId"])))
          .map((request) => ({ ...request, nodeId: request["deviceId"], kind: "device" })),
      ],
      paired: listIn(nodeAnswer, "paired"),
    },
  };
}

/**
 * A device that wants to be a node and nothing else. One that also wants to be an operator is not for the node
 * commands: who approves a node must not hand out the Gateway by the way.
 */
export function asksForNodeOnly({ role, roles }: Pick<DeviceRequest, "role" | "roles">): boolean {
  const asked = new Set(role === undefined ? roles : [role, ...roles]);
  return asked.size === 1 && asked.has("node");
}

/** A list of objects inside an answer whose shape was checked already, with all its fields. */
export function listIn(answer: unknown, key: string): readonly Readonly<Record<string, unknown>>[] {
  const list: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, key) : undefined;
  return Array.isArray(list) ? list : [];
}
