import { devicePairListSchema, type DeviceRequest } from "@openclaw/protocol";
import { CliError } from "../errors.ts";
import { printable } from "../output/printable.ts";
import { parseAnswer, type OperatorGateway } from "./operator-gateway.ts";
import { asksForNodeOnly } from "./pending-requests.ts";

export interface ResolvedRequest {
  readonly kind: "surface" | "device";
  readonly answer: unknown;
  /** The device request, where it was one. */
  readonly device?: DeviceRequest;
}

/**
 * Approves or rejects what a request id of `nodes pending` names, a command surface or a new device. Throws
 * `unknown-request`, and `gateway-refused` for a device that asks for more than to be a node.
 */
export async function resolveNodeRequest(
  gateway: OperatorGateway,
  verb: "approve" | "reject",
  requestId: string,
): Promise<ResolvedRequest> {
  try {
    const answer = await gateway.call(`node.pair.${verb}`, { requestId });
    return { kind: "surface", answer };
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== "unknown-request") throw error;
  }
  const list = parseAnswer(
    devicePairListSchema,
    await gateway.call("device.pair.list", {}),
    "device.pair.list",
  );
  const device = list.pending.find((request) => request.requestId === requestId);
  if (device === undefined) throw unknownRequest(requestId, "nodes pending");
  if (!asksForNodeOnly(device)) {
    const roles = [...new Set([device.role ?? "", ...device.roles])].filter((role) => role !== "");
    throw new CliError(
      "gateway-refused",
      `request \`${printable(requestId)}\` is not for a node: the device asks for the role ${printable(roles.join(" and "))}`,
      [`if you want that: openclaw devices ${verb} ${printable(requestId)}`],
    );
  }
  return { kind: "device", device, answer: await gateway.call(`device.pair.${verb}`, { requestId }) };
}

/** For a request id that the Gateway does not know (any more). */
export function unknownRequest(requestId: string, listedBy: string): CliError {
  return new CliError(
    "unknown-request",
    `no request \`${printable(requestId)}\` waits; requests end after 5 minutes and get a new id when the device tries again`,
    [`openclaw ${listedBy} shows what waits now`],
  );
}
