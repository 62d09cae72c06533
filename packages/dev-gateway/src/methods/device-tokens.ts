import { ROLES, type Role } from "@openclaw/protocol";
import * as z from "zod/mini";
import { done, invalidRequest, type Answer } from "../answers.ts";
import { CLOSES } from "../close-codes.ts";
import type { GatewayParts } from "../gateway-parts.ts";
import { operatorMethod, type Call, type MethodTable } from "../method-table.ts";
import { missingScope } from "../missing-scope.ts";

interface ByToken {
  readonly deviceId: string;
  readonly role: string;
  readonly scopes?: readonly string[] | undefined;
}

const UNKNOWN = "unknown deviceId/role";
const name = z.string().check(z.minLength(1));
const rotateSchema: z.ZodMiniType<ByToken> = z.strictObject({
  deviceId: name,
  role: name,
  scopes: z.optional(z.array(name)),
});
const revokeSchema: z.ZodMiniType<ByToken> = z.strictObject({ deviceId: name, role: name });

/** Changing and taking back the tokens of devices. Source: protocol sections 3.3 and 5. */
export const deviceTokenMethods: MethodTable = {
  "device.token.rotate": operatorMethod("operator.pairing", rotateSchema, rotate),
  "device.token.revoke": operatorMethod("operator.pairing", revokeSchema, revoke),
};

function rotate(call: Call<ByToken>): Answer {
  const { parts, params } = call;
  const role = knownRole(params.role);
  const refusal = roleRefusal(call, role);
  if (refusal !== undefined) return refusal;
  const record = role === undefined ? undefined : parts.pairing.rotate(params.deviceId, role, params.scopes);
  if (record === undefined) {
    const oldest = parts.rules.surfaceApproval === "none";
    return invalidRequest(oldest ? UNKNOWN : "device token rotation denied");
  }
  const { deviceId } = params;

  const withheld = parts.rules.surfaceApproval === "live";
  call.answerNow(
    done({
      deviceId,
      role,
      scopes: record.scopes,
      rotatedAtMs: record.rotatedAtMs,
      ...(withheld ? {} : { token: record.token }),
      ...(withheld && parts.rules.era === "2026.9" ? { tokenDelivery: "withheld-cross-device" } : {}),
    }),
  );
  return cutDevice(parts, deviceId, role);
}

function revoke(call: Call<ByToken>): Answer {
  const { parts, params } = call;
  const role = knownRole(params.role);
  const refusal = roleRefusal(call, role);
  if (refusal !== undefined) return refusal;
  const record = role === undefined ? undefined : parts.pairing.revoke(params.deviceId, role);
  if (record === undefined) {
    const live = parts.rules.surfaceApproval === "live";
    return invalidRequest(live ? "device token revocation denied" : UNKNOWN);
  }
  const { deviceId } = params;
  call.answerNow(done({ deviceId, role, revokedAtMs: record.revokedAtMs }));
  return cutDevice(parts, deviceId, role);
}

/** The newest Gateways let only an administrator touch the tokens of nodes. */
function roleRefusal(call: Call<ByToken>, role: Role | undefined): Answer | undefined {
  if (call.parts.rules.era !== "2026.9" || role !== "node") return undefined;
  return missingScope(call.parts.rules, call.session, ["operator.pairing", "operator.admin"]);
}

function cutDevice(parts: GatewayParts, deviceId: string, role: Role | undefined): Answer {
  for (const connection of parts.connections) {
    const { session } = connection;
    if (!parts.rules.removalCloses || session?.deviceId !== deviceId) continue;
    if (session.role === role) connection.close(CLOSES.deviceRemoved);
  }
  return done({});
}

function knownRole(asked: string): Role | undefined {
  return ROLES.find((role) => role === asked.trim());
}
