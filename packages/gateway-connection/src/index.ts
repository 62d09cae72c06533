// One authenticated connection to a Gateway, as node or as operator: handshake, requests,
// reconnect, TLS pin; at any moment it can say what state it is in and why.
export {
  CONNECTION_ERROR_CODES,
  ConnectionError,
  type ConnectionErrorCode,
  type SocketClose,
} from "./errors.ts";
export { CONNECTION_LIMITS, type ConnectionLimits } from "./limits.ts";
export {
  DEFAULT_GATEWAY_PORT,
  endpointFromParts,
  endpointFromUrl,
  type EndpointInput,
  type GatewayEndpoint,
  type TlsInput,
} from "./endpoint.ts";
export { getDocument, type HttpDocument } from "./get-document.ts";
export { isLoopback } from "./plaintext.ts";
export { formatFingerprint } from "./fingerprint.ts";
export { formatTlsPin, parseTlsPins, showTlsPin, type TlsPin } from "./tls-pin.ts";
export { createDeviceIdentity, parseDeviceIdentity, type DeviceIdentity } from "./device-identity.ts";
export {
  formatDeviceTokens,
  parseDeviceTokens,
  withDeviceToken,
  withoutDeviceToken,
  type DeviceToken,
  type DeviceTokens,
} from "./device-tokens.ts";
export { type ClientProfile, type ConnectCredential } from "./connect-frame.ts";
export {
  openSession,
  type RequestOptions,
  type Session,
  type SessionEnd,
  type SessionOptions,
} from "./session.ts";
export { readRefusal, type Refusal } from "./refusal.ts";
export { REACTION_TEXTS } from "./reactions.ts";
export { FAILURE_ROWS, type FailureReaction, type FailureRow } from "./failure-rows.ts";
export {
  CLOSE_ROWS,
  REFUSAL_ROWS,
  UNCODED_ROWS,
  type CloseReaction,
  type CloseRow,
  type RefusalReaction,
  type RefusalRow,
} from "./reaction-rows.ts";
export { type GatewayWay } from "./open-socket.ts";
export { LINK_DELAYS } from "./link-delays.ts";
export {
  initialLinkMemory,
  memoryAfterHello,
  type LinkMemory,
  type LinkOutcome,
  type LinkStep,
  type WaitCause,
} from "./link-step.ts";
export { nextLinkStep } from "./link-policy.ts";
export { GatewayLink, type CredentialSource, type LinkEnd, type LinkOptions } from "./gateway-link.ts";
export { LINK_STATE_NAMES, type LinkState, type LinkStateName } from "./link-state.ts";
export { inspectTls, type CertificateFacts, type InspectOptions, type TlsReport } from "./inspect-tls.ts";
export { checkHeaderName, type UpgradeHeader } from "./upgrade-headers.ts";
export { readCaFile } from "./ca-file.ts";
export {
  probeGateway,
  type GatewayProbe,
  type HttpAnswer,
  type ProbeOptions,
  type Rung,
} from "./probe-gateway.ts";
export { pause } from "./wait-awake.ts";
