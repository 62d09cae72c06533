/** Limits of the Gateway (bytes are UTF-8 bytes, times are milliseconds); per-era sizes stand in `era.ts`. */
export const LIMITS = {
  /** Sockets at once. */
  connections: 4096,
  /** What WebSocket framing and TCP's own chunks may add to a first frame. */
  framingBytes: 65_536,
  /** How long a device request or a surface request of the older eras waits. Source: protocol section 2.6. */
  pairingRequestMs: 300_000,
  /** How long a setup code lives. Source: setup codes. */
  setupCodeMs: 600_000,
  /** Pending device requests at once; the oldest makes room. */
  pendingDevices: 64,
  /** Devices and surfaces that are remembered; the oldest makes room. */
  devices: 1024,
  /** Names in one declared surface, scopes of one device. */
  surfaceNames: 256,
  /** Wrong credentials from one remote address until it is locked out, and for how long. */
  wrongCredentials: 10,
  lockoutMs: 300_000,
  /** Addresses that are counted at once. */
  lockoutAddresses: 1024,
  /** How long `node.invoke` waits when the caller names no time-out. */
  invokeTimeoutMs: 30_000,
  /** Invokes of one node that wait for an answer. */
  openInvokes: 256,
  /** How long an exec approval waits when the request names no time-out, and at most. */
  approvalMs: 1_800_000,
  approvalMaxMs: 86_400_000,
  /** How long a resolved approval can still be used and asked for. */
  approvalGraceMs: 15_000,
  /** Approvals that wait at once. */
  openApprovals: 256,
  /** How deep JSON inside a frame may nest. */
  jsonDepth: 1000,
  /** Bytes of the state file. */
  stateBytes: 16_777_216,
  /** Bytes of a close reason; the WebSocket protocol allows 123. */
  closeReasonBytes: 123,
  /** After a close frame was sent, how long the other side has until the socket is cut. */
  closeGraceMs: 1_000,
} as const;
