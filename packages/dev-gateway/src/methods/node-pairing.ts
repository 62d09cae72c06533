import { OPERATOR_METHODS } from "@openclaw/protocol";
import { done, invalidRequest, type Answer } from "../answers.ts";
import { broadcast } from "../broadcast.ts";
import { CLOSES } from "../close-codes.ts";
import type { GatewayParts } from "../gateway-parts.ts";
import { grantSurface } from "../grant-surface.ts";
import { operatorMethod, type Call, type MethodTable } from "../method-table.ts";
import { missingScope } from "../missing-scope.ts";
import { requiredScopes, shownRequest, shownSurface } from "../surface-view.ts";

/** Approving what a node may be asked for. Source: protocol sections 4.1 and 5. */
export const nodePairingMethods: MethodTable = {
  "node.pair.list": operatorMethod("operator.pairing", OPERATOR_METHODS["node.pair.list"], ({ parts }) =>
    done({
      pending: parts.surfaces.pending().map((request) => shownRequest(request, parts.rules)),
      paired: parts.surfaces.all().map((surface) => shownSurface(surface, parts)),
    }),
  ),
  "node.pair.approve": operatorMethod("operator.pairing", OPERATOR_METHODS["node.pair.approve"], approve),
  "node.pair.reject": operatorMethod(
    "operator.pairing",
    OPERATOR_METHODS["node.pair.reject"],
    ({ parts, params }) => {
      const request = parts.surfaces.reject(params.requestId);
      if (request === undefined) return invalidRequest("unknown requestId");
      announceSurface(parts, request, "rejected");
      return done({ requestId: request.requestId, nodeId: request.nodeId });
    },
  ),
  "node.pair.remove": operatorMethod(
    "operator.pairing",
    OPERATOR_METHODS["node.pair.remove"],
    ({ parts, params }) => {
      const { nodeId } = params;
      // The newest era forgets the device as well, the ones before only what was approved.
      const isNode =
        parts.rules.era === "2026.9" && (parts.pairing.device(nodeId)?.roles.includes("node") ?? false);
      const hadSurface = parts.surfaces.remove(nodeId);
      if (!isNode && !hadSurface) return invalidRequest("unknown nodeId");
      if (isNode) parts.pairing.remove(nodeId);
      broadcast(parts.connections, "node.pair.resolved", {
        requestId: "",
        nodeId,
        decision: "removed",
        ts: parts.now(),
      });
      parts.emit({ type: "device-removed", deviceId: nodeId });
      for (const connection of parts.connections) {
        if (connection.session?.deviceId === nodeId) connection.close(CLOSES.deviceRemoved);
      }
      return done({ nodeId });
    },
  ),
};

function approve(call: Call<{ readonly requestId: string }>): Answer {
  const { parts, session, params } = call;
  const request = parts.surfaces.pending().find((candidate) => candidate.requestId === params.requestId);
  if (request === undefined) return invalidRequest("unknown requestId");
  const required = requiredScopes(request, parts.rules);
  const refusal = missingScope(parts.rules, session, required);
  if (refusal !== undefined) return refusal;
  const surface = parts.surfaces.approve(params.requestId);
  if (surface === undefined) return invalidRequest("unknown requestId");
  const node = parts.nodes.node(surface.nodeId);
  if (node !== undefined && parts.rules.surfaceApproval === "live") grantSurface(parts, node);
  announceSurface(parts, request, "approved");
  return done({ requestId: request.requestId, node: shownSurface(surface, parts) });
}

/** Tells operators, listeners and, on the newest Gateways, the node itself. */
export function announceSurface(
  parts: GatewayParts,
  request: { readonly requestId: string; readonly nodeId: string },
  decision: "approved" | "rejected",
): void {
  const { requestId, nodeId } = request;
  const payload = { requestId, nodeId, decision, ts: parts.now() };
  broadcast(parts.connections, "node.pair.resolved", payload);
  if (parts.rules.nodeIsTold && decision === "approved") {
    parts.nodes.node(nodeId)?.connection.event("node.pair.resolved", payload);
  }
  parts.emit({ type: "surface-resolved", requestId, nodeId, decision });
}
