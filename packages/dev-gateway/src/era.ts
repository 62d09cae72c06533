/** The four generations of Gateways that a node host meets, named after a release of each. */
export const ERAS = ["2026.9", "2026.6", "2026.3", "2026.2"] as const;
export type Era = (typeof ERAS)[number];

/** What differs between the eras where a node or an operator can see it. Source: protocol section 8. */
export interface EraRules {
  readonly era: Era;
  readonly serverVersion: string;
  /** The number that `hello` grants and that an operator's range must hold. */
  readonly protocol: 3 | 4;
  /** A range that holds only this number is granted to nodes as well. */
  readonly nodeProtocol: 3 | 4;
  readonly minimumProbeProtocol: 3 | 4 | undefined;
  readonly signatures: readonly ("v2" | "v3")[];
  /** How far `signedAt` may be off, in milliseconds. */
  readonly signedAtWindowMs: number;
  /** Bytes of a frame before hello. */
  readonly connectFrameBytes: number;
  readonly maxPayload: number;
  readonly maxBufferedBytes: number;
  /** Milliseconds until hello. */
  readonly handshakeMs: number;
  /** `error.details.code` on refused connects. */
  readonly detailCodes: boolean;
  /** The text behind `pairing required:` and the hints beside it. */
  readonly pairingHints: boolean;
  /** `auth.deviceToken` and `auth.bootstrapToken` are known fields. */
  readonly tokenFields: boolean;
  /** Nonce in the device object is required. */
  readonly nonceRequired: boolean;
  /** A node without a device object is refused. */
  readonly deviceRequired: boolean;
  readonly surfaceApproval: "none" | "on-reconnect" | "live";
  /** `node.pair.resolved` goes to the node as well. */
  readonly nodeIsTold: boolean;
  /** `system.execApprovals.*` is part of a surface request. */
  readonly policyInSurface: boolean;
  /** A node that offers fewer caps than were approved is asked about again. */
  readonly fewerCapsAsk: boolean;
  /** A surface request lives until somebody answers it. */
  readonly surfaceRequestStays: boolean;
  /** A changed platform or family needs approval; `exact` also when the family is left out. */
  readonly platformPinned: "exact" | "if-sent" | "no";
  /** A local device may widen its scopes by itself. */
  readonly silentScopes: boolean;
  /** Unknown or missing family makes the platform unknown; raw runtime names never count. */
  readonly exactPlatforms: boolean;
  /** The family is filled in from the platform when it is absent. */
  readonly familyFilledIn: boolean;
  /** Refused calls on one socket until it is closed. Source: protocol section 3.2. */
  readonly refusedCalls: number | undefined;
  readonly lockout: boolean;
  /** `retryable` and `retryAfterMs` on a lockout. */
  readonly retryHints: boolean;
  /** A foreign `Origin` header is refused. */
  readonly originChecked: boolean;
  /** Texts of the older validator. */
  readonly oldValidator: boolean;
  /** `auth.password` may hold the token; else it is not looked at without a password. */
  readonly passwordForToken: boolean;
  /** Where an operator of this machine is sent with a wrong token. */
  readonly localTokenHint: string;
  readonly bootstrapText: string;
  /** Scopes in hello are those of the token, not those asked for. */
  readonly tokenScopesInHello: boolean;
  /** Commands that only configuration lets through are named so. */
  readonly optInNamed: boolean;
  /** Why a command is not allowed is said in the message. */
  readonly refusalExplained: boolean;
  /** `browser.proxy` and the like are known on every desktop, approved or not. */
  readonly browserOnDesktop: boolean;
  readonly prepareKnown: boolean;
  /** Nobody who could answer an approval ends it at once; the newest era wants a client that says it can. */
  readonly approvalRoute: "approval-client" | "other-operator" | "none";
  /** Exec events and some others are answered with `handled` and `reason`. */
  readonly eventVerdicts: "all" | "exec" | "no";
  /** `node.invoke.cancel` reaches the node; the time-out is always named and counts elapsed time. */
  readonly invokeCancel: boolean;
  readonly pings: boolean;
  /** Events of runs that this connection was not asked for are dropped. */
  readonly execEventsMatched: boolean;
  /** `system.run` forwards only known keys and binds approvals. */
  readonly runFiltered: boolean;
  readonly runIdAdded: boolean;
  /** The reply of `system.execApprovals.*` is checked. */
  readonly policyReplyChecked: boolean;
  /** Rotating, revoking and removing cut the device's sockets. */
  readonly removalCloses: boolean;
  /** The end of an older socket of a device marks its node as disconnected. */
  readonly oldSocketEndsNode: boolean;
  /** Missing scopes are `FORBIDDEN` with details. */
  readonly forbiddenCode: boolean;
  /** Does it make codes that let a node in without an operator? */
  readonly setupCodes: boolean;
  readonly tokenChars: "hex" | "base64url";
}

const newest: EraRules = {
  era: "2026.9",
  serverVersion: "2026.9.6",
  protocol: 4,
  nodeProtocol: 3,
  minimumProbeProtocol: 3,
  signatures: ["v3", "v2"],
  signedAtWindowMs: 120_000,
  connectFrameBytes: 65_536,
  maxPayload: 26_214_400,
  maxBufferedBytes: 52_428_800,
  handshakeMs: 15_000,
  detailCodes: true,
  pairingHints: true,
  tokenFields: true,
  nonceRequired: true,
  deviceRequired: true,
  surfaceApproval: "live",
  nodeIsTold: true,
  policyInSurface: true,
  fewerCapsAsk: false,
  surfaceRequestStays: true,
  platformPinned: "if-sent",
  silentScopes: true,
  exactPlatforms: true,
  familyFilledIn: true,
  lockout: true,
  invokeCancel: true,
  pings: true,
  execEventsMatched: true,
  runFiltered: true,
  runIdAdded: true,
  policyReplyChecked: true,
  removalCloses: true,
  oldSocketEndsNode: false,
  forbiddenCode: true,
  setupCodes: true,
  tokenChars: "base64url",
  refusedCalls: 11,
  retryHints: true,
  originChecked: true,
  oldValidator: false,
  passwordForToken: true,
  localTokenHint: "use this gateway's gateway.auth.token or pair the device",
  bootstrapText:
    "setup code invalid, expired, revoked, or already used (create a new code; review `openclaw devices list`)",
  tokenScopesInHello: false,
  optInNamed: true,
  refusalExplained: true,
  browserOnDesktop: false,
  prepareKnown: true,
  approvalRoute: "approval-client",
  eventVerdicts: "all",
};

const june: EraRules = {
  ...newest,
  era: "2026.6",
  serverVersion: "2026.6.1",
  nodeProtocol: 4,
  minimumProbeProtocol: 4,
  nodeIsTold: false,
  policyInSurface: false,
  fewerCapsAsk: true,
  surfaceRequestStays: false,
  silentScopes: false,
  familyFilledIn: false,
  invokeCancel: false,
  pings: false,
  forbiddenCode: false,
  setupCodes: false,
  platformPinned: "exact",

  retryHints: false,
  passwordForToken: false,
  localTokenHint: "set gateway.remote.token to match gateway.auth.token",
  bootstrapText: "bootstrap token invalid or expired (scan a fresh setup code)",
  tokenScopesInHello: true,
  optInNamed: false,
  policyReplyChecked: false,
  approvalRoute: "other-operator",
  eventVerdicts: "exec",
};

const march: EraRules = {
  ...june,
  era: "2026.3",
  serverVersion: "2026.3.31",
  protocol: 3,
  nodeProtocol: 3,
  minimumProbeProtocol: undefined,
  handshakeMs: 10_000,
  pairingHints: false,
  surfaceApproval: "on-reconnect",
  exactPlatforms: false,
  lockout: false,
  execEventsMatched: false,
  runIdAdded: false,
  oldSocketEndsNode: true,
  oldValidator: true,
  browserOnDesktop: true,
  eventVerdicts: "no",
};

const february: EraRules = {
  ...march,
  era: "2026.2",
  serverVersion: "dev",
  signatures: ["v2"],
  signedAtWindowMs: 600_000,
  connectFrameBytes: 524_288,
  maxPayload: 524_288,
  maxBufferedBytes: 1_572_864,
  detailCodes: false,
  tokenFields: false,
  nonceRequired: false,
  deviceRequired: false,
  surfaceApproval: "none",
  platformPinned: "no",
  silentScopes: true,
  runFiltered: false,
  removalCloses: false,
  tokenChars: "hex",
  refusedCalls: undefined,
  originChecked: false,
  refusalExplained: false,
  prepareKnown: false,
  approvalRoute: "none",
};

export const ERA_RULES: Readonly<Record<Era, EraRules>> = {
  "2026.9": newest,
  "2026.6": june,
  "2026.3": march,
  "2026.2": february,
};
