import { OPERATOR_METHODS } from "@openclaw/protocol";
import { done, invalidRequest } from "../answers.ts";
import { operatorMethod, type MethodTable } from "../method-table.ts";
import { nodeView, nodeViews } from "../node-view.ts";
import { invokeNode } from "./node-invoke.ts";

/** Listing, naming and calling nodes. Source: protocol section 5. */
export const nodeMethods: MethodTable = {
  "node.list": operatorMethod("operator.read", OPERATOR_METHODS["node.list"], ({ parts }) =>
    done({ ts: parts.now(), nodes: nodeViews(parts) }),
  ),
  "node.describe": operatorMethod("operator.read", OPERATOR_METHODS["node.describe"], ({ parts, params }) => {
    const view = nodeView(parts, params.nodeId);
    return view === undefined ? invalidRequest("unknown nodeId") : done({ ts: parts.now(), ...view });
  }),
  "node.rename": operatorMethod("operator.pairing", OPERATOR_METHODS["node.rename"], ({ parts, params }) => {
    const displayName = params.displayName.trim();
    if (displayName === "") return invalidRequest("displayName required");
    if (!parts.surfaces.rename(params.nodeId, displayName)) return invalidRequest("unknown nodeId");
    const session = parts.nodes.node(params.nodeId);
    // The older eras go on showing the name that the node gave itself.
    if (session !== undefined && parts.rules.era === "2026.9") session.displayName = displayName;
    return done({ nodeId: params.nodeId, displayName });
  }),
  "node.invoke": operatorMethod("operator.write", OPERATOR_METHODS["node.invoke"], invokeNode),
};
