import type { ConnectParams, ErrorShape, Role } from "@openclaw/protocol";
import { CLOSES, refusalClose, type Close } from "./close-codes.ts";
import {
  connectError,
  credentialError,
  deviceRequired,
  foreignOrigin,
  lockedOut,
  protocolMismatch,
} from "./connect-errors.ts";
import { connectShape } from "./connect-shape.ts";
import type { Connection, Session } from "./connection.ts";
import { deviceProblem } from "./device-auth.ts";
import type { EraRules } from "./era.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import type { DeviceTokenRecord } from "./gateway-state.ts";
import { pairDevice } from "./pair-device.ts";
import { rememberedPlatform } from "./platform-commands.ts";
import { judgeCredential, type Credential } from "./shared-auth.ts";

/** What becomes of a connect request. */
export type ConnectVerdict =
  | { readonly ok: false; readonly error: ErrorShape; readonly close: Close }
  | {
      readonly ok: true;
      readonly session: Session;
      readonly method: string;
      readonly token: DeviceTokenRecord | undefined;
    };

/**
 * Judges the params of a connect in the order of a real Gateway: shape, protocol, role,
 * origin, device, credential, pairing. Source: protocol sections 2 and 3.1.
 */
export function judgeConnect(
  parts: GatewayParts,
  connection: Connection,
  rawParams: unknown,
): ConnectVerdict {
  const { rules } = parts;
  const shape = connectShape(rawParams, rules);
  if (!shape.ok) return refuse({ code: "INVALID_REQUEST", message: shape.message });
  const { params, role } = shape;
  if (!protocolFits(params, role, rules)) {
    return { ok: false, error: protocolMismatch(params, rules), close: CLOSES.protocolMismatch };
  }
  if (role === undefined) return refuse({ code: "INVALID_REQUEST", message: "invalid role" });
  const { origin } = connection;
  if (rules.originChecked && origin.foreignOrigin) return refuse(foreignOrigin(rules));
  const lacksDevice = params.device === undefined && role === "node";
  if (lacksDevice && rules.deviceRequired) return refuse(deviceRequired(rules));
  const problem =
    params.device === undefined
      ? undefined
      : deviceProblem(params, params.device, connection.nonce, parts.now(), rules);
  if (problem !== undefined) {
    const { code, message, reason } = problem;
    return refuse(connectError(rules, "INVALID_REQUEST", message, code, { reason }));
  }
  const lockedFor = rules.lockout ? parts.lockout.lockedFor(origin.remoteIp) : undefined;
  if (lockedFor !== undefined) return refuse(lockedOut(rules, params, lockedFor));
  const credential = credentialOf(parts, connection, params, role);
  if (!credential.ok) {
    if (credential.counts) parts.lockout.countWrong(origin.remoteIp);
    const missing = lacksDevice && credential.problem.reason.endsWith("_missing");
    return refuse(missing ? deviceRequired(rules) : credentialError(rules, credential.problem, params));
  }
  parts.lockout.forgive(origin.remoteIp);
  return admit(parts, connection, params, role, credential.method);
}

function admit(
  parts: GatewayParts,
  connection: Connection,
  params: ConnectParams,
  role: Role,
  method: string,
): ConnectVerdict {
  const { rules } = parts;
  const { remote } = connection.origin;
  const scopes = grantedScopes(params, role, remote, rules);
  const client = { ...params.client, ...rememberedPlatform(params.client, rules) };
  const connect = { ...params, client };
  const byCode = method === "bootstrap-token";
  const session: Session = { role, scopes, connect, local: !remote, byCode };
  const { device } = params;
  if (device === undefined) return { ok: true, session, method, token: undefined };
  const paired = pairDevice(parts, connection, { params: connect, device, role, scopes, byCode });
  if (!paired.ok) return { ok: false, error: paired.error, close: refusalClose(paired.reason) };
  return { ok: true, session: { ...session, deviceId: device.id }, method, token: paired.token };
}

function credentialOf(
  parts: GatewayParts,
  connection: Connection,
  params: ConnectParams,
  role: Role,
): Credential {
  const deviceId = params.device?.id;
  return judgeCredential({
    auth: params.auth,
    clientId: params.client.id,
    remote: connection.origin.remote,
    secrets: parts.secrets,
    rules: parts.rules,
    useSetupCode: (token) => role === "node" && deviceId !== undefined && parts.setupCodes.use(token),
    isOwnDeviceToken: (token) => deviceId !== undefined && parts.pairing.ownsToken(deviceId, role, token),
  });
}

/** Without a device an operator keeps its scopes only where the era trusts this machine. */
function grantedScopes(
  params: ConnectParams,
  role: Role,
  remote: boolean,
  rules: EraRules,
): readonly string[] {
  const asked = params.scopes ?? [];
  if (role !== "operator") return asked;
  if (rules.era === "2026.2") return asked.length === 0 ? ["operator.admin"] : asked;
  if (params.device !== undefined) return asked;
  // The programs of the Gateway's own machine are the exception in the era that trusts nobody else.
  const { id, mode } = params.client;
  const trusted = rules.era !== "2026.6" || (id === "gateway-client" && mode === "backend");
  return trusted && !remote ? asked : [];
}

/** A range must hold the era's number; nodes may have another one besides. Source: protocol section 2.4. */
function protocolFits(params: ConnectParams, role: Role | undefined, rules: EraRules): boolean {
  const holds = (version: number): boolean => params.minProtocol <= version && version <= params.maxProtocol;
  const isNode = role === "node" && params.client.mode === "node";
  return holds(rules.protocol) || (isNode && holds(rules.nodeProtocol));
}

function refuse(error: ErrorShape): ConnectVerdict {
  return { ok: false, error, close: refusalClose(error.message) };
}
