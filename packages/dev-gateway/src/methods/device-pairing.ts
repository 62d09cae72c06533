import { OPERATOR_METHODS } from "@openclaw/protocol";
import { done, invalidRequest, type Answer } from "../answers.ts";
import { CLOSES } from "../close-codes.ts";
import { shownDevice, shownPairing } from "../device-view.ts";
import { operatorMethod, type Call, type MethodTable } from "../method-table.ts";
import { announceDecision } from "../pair-device.ts";
import { covers } from "../pairing-need.ts";

/** Letting devices in and throwing them out. Source: protocol sections 2.6 and 5. */
export const devicePairingMethods: MethodTable = {
  "device.pair.list": operatorMethod("operator.pairing", OPERATOR_METHODS["device.pair.list"], ({ parts }) =>
    done({
      pending: parts.pairing.pending(),
      paired: parts.pairing.devices().map((device) => shownDevice(device, parts)),
    }),
  ),
  "device.pair.approve": operatorMethod("operator.pairing", OPERATOR_METHODS["device.pair.approve"], approve),
  "device.pair.reject": operatorMethod(
    "operator.pairing",
    OPERATOR_METHODS["device.pair.reject"],
    ({ parts, params }) => {
      const request = parts.pairing.reject(params.requestId);
      if (request === undefined) return invalidRequest("unknown requestId");
      announceDecision(parts, request, "rejected", false);
      return done({ requestId: request.requestId, deviceId: request.deviceId });
    },
  ),
  "device.pair.remove": operatorMethod(
    "operator.pairing",
    OPERATOR_METHODS["device.pair.remove"],
    ({ parts, params }) => {
      const { deviceId } = params;
      if (!parts.pairing.remove(deviceId)) return invalidRequest("unknown deviceId");
      if (parts.rules.era === "2026.9") parts.surfaces.remove(deviceId);
      parts.emit({ type: "device-removed", deviceId });
      for (const connection of parts.connections) {
        if (connection.session?.deviceId === deviceId) connection.close(CLOSES.deviceRemoved);
      }
      return done({ deviceId });
    },
  ),
};

function approve(call: Call<{ readonly requestId: string }>): Answer {
  const { parts, session, params } = call;
  const request = parts.pairing.pending().find((candidate) => candidate.requestId === params.requestId);
  if (request === undefined) return invalidRequest("unknown requestId");
  const wanted = request.role === "operator" ? request.scopes : [];
  const missing = wanted.find((scope) => !covers(session.scopes, scope));
  if (missing !== undefined) return invalidRequest(`missing scope: ${missing}`);
  const device = parts.pairing.approve(params.requestId, "owner");
  if (device === undefined) return invalidRequest("unknown requestId");
  announceDecision(parts, request, "approved", false);
  return done({ requestId: request.requestId, device: shownPairing(device, parts) });
}
