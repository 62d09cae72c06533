/** What follows a refused connect. Source: protocol section 3.1. */
export type RefusalReaction =
  /** Paired by a person on the Gateway: keep asking, slowly. */
  | "wait-for-pairing"
  /** Try again with a fresh challenge. */
  | "retry"
  /** The Gateway named a time to wait. */
  | "wait-as-told"
  /** The credential was not accepted: another one may be. */
  | "other-credential"
  /** The signature was not accepted: another version may be. */
  | "other-signature"
  /** A field of the frame was not accepted; the frame works without it. */
  | "omit-field"
  /** The frame was not understood: it may have been damaged on its way. */
  | "send-anew"
  /** A person has to change the credential. */
  | "fix-credential"
  /** A person has to change something else; retrying cannot help. */
  | "give-up";

/** What follows a closed connection. Source: protocol section 3.2. */
export type CloseReaction =
  | "reconnect"
  /** At once; not again and again. */
  | "reconnect-now"
  /** Spread out: all nodes of this Gateway come back together. */
  | "gateway-restarts"
  /** The credentials are read anew. */
  | "new-credentials"
  /** The same, and the stored device token is dropped where a shared one can bring another. */
  | "new-device-token";

export interface RefusalRow {
  /** `error.details.code`; a name that ends in `*` stands for all that begin so. */
  readonly code: string;
  /** How the message begins where a Gateway sends no code, as those of February 2026 do. */
  readonly message?: string;
  readonly reaction: RefusalReaction;
  /** What a person does. */
  readonly remedy: string;
}

/** A refusal that no detail code names. */
export interface UncodedRow {
  /** `error.code`; any, where it is `*`. */
  readonly code: string;
  /** How the message begins. */
  readonly message?: string;
  /** The Gateway says that it may be tried again. */
  readonly retryable?: true;
  readonly reaction: RefusalReaction;
  readonly remedy: string;
}

export interface CloseRow {
  readonly code: number;
  /** Any, where there is none. */
  readonly reason?: string;
  readonly reaction: CloseReaction;
  readonly remedy: string;
}

export const NOTHING = "nothing, it goes on by itself";
const TOKEN = "check OPENCLAW_GATEWAY_TOKEN against the Gateway's token";
const PASSWORD = "check OPENCLAW_GATEWAY_PASSWORD against the Gateway's password";
const IDENTITY = "restore identity/device.json, or move it away and pair anew";
const REPORT = "update both sides; if it stays, report it";
const HOW_TO_LOG_IN = "read how this Gateway lets clients in, and give the node a token or a password for it";

/** Every detail code of a refused connect. docs/connecting.md has the same table. */
export const REFUSAL_ROWS: readonly RefusalRow[] = [
  {
    code: "PAIRING_REQUIRED",
    message: "pairing required",
    reaction: "wait-for-pairing",
    remedy: "on the Gateway: openclaw devices approve <request id>",
  },
  {
    code: "NOT_PAIRED",
    reaction: "wait-for-pairing",
    remedy: "on the Gateway: openclaw devices list, then approve",
  },
  {
    code: "PROTOCOL_MISMATCH",
    message: "protocol mismatch",
    reaction: "give-up",
    remedy: "update the older of the two; the host ends",
  },
  {
    code: "AUTH_TOKEN_MISSING",
    message: "unauthorized: gateway token missing",
    reaction: "other-credential",
    remedy: TOKEN,
  },
  {
    code: "AUTH_TOKEN_MISMATCH",
    message: "unauthorized: gateway token mismatch",
    reaction: "other-credential",
    remedy: TOKEN,
  },
  {
    code: "AUTH_DEVICE_TOKEN_MISMATCH",
    message: "unauthorized: device token mismatch",
    reaction: "other-credential",
    remedy: "set a shared token, or pair anew",
  },
  {
    code: "AUTH_PASSWORD_MISSING",
    message: "unauthorized: gateway password missing",
    reaction: "other-credential",
    remedy: PASSWORD,
  },
  {
    code: "AUTH_PASSWORD_MISMATCH",
    message: "unauthorized: gateway password",
    reaction: "other-credential",
    remedy: PASSWORD,
  },
  {
    code: "AUTH_SCOPE_MISMATCH",
    reaction: "fix-credential",
    remedy: "remove the device on the Gateway and pair anew",
  },
  {
    code: "AUTH_TOKEN_NOT_CONFIGURED",
    message: "unauthorized: gateway token not configured",
    reaction: "fix-credential",
    remedy: "set gateway.auth.token on the Gateway",
  },
  {
    code: "AUTH_PASSWORD_NOT_CONFIGURED",
    message: "unauthorized: gateway password not configured",
    reaction: "fix-credential",
    remedy: "set a password on the Gateway, or give the node its token",
  },
  {
    code: "AUTH_BOOTSTRAP_TOKEN_INVALID",
    reaction: "fix-credential",
    remedy: "make a new code: openclaw devices join-code",
  },
  {
    code: "AUTH_RATE_LIMITED",
    message: "unauthorized: too many",
    reaction: "wait-as-told",
    remedy: "correct the credential while it waits",
  },
  { code: "AUTH_REQUIRED", reaction: "fix-credential", remedy: HOW_TO_LOG_IN },
  { code: "AUTH_UNAUTHORIZED", message: "unauthorized", reaction: "fix-credential", remedy: HOW_TO_LOG_IN },
  {
    code: "AUTH_TAILSCALE_*",
    reaction: "fix-credential",
    remedy: "give the node a token, or mend Tailscale on both sides",
  },
  {
    code: "AUTH_IDENTITY_HEADER_REQUIRED",
    reaction: "fix-credential",
    remedy: "send the header of the access proxy with --header",
  },
  { code: "AUTH_VERIFIED_USER_REQUIRED", reaction: "fix-credential", remedy: HOW_TO_LOG_IN },
  { code: "AUTH_*", reaction: "fix-credential", remedy: HOW_TO_LOG_IN },
  { code: "AUTHENTICATED_PROFILE_UNAVAILABLE", reaction: "give-up", remedy: HOW_TO_LOG_IN },
  {
    code: "DEVICE_IDENTITY_REQUIRED",
    message: "device identity required",
    reaction: "give-up",
    remedy: REPORT,
  },
  {
    code: "DEVICE_AUTH_DEVICE_ID_MISMATCH",
    message: "device identity mismatch",
    reaction: "send-anew",
    remedy: IDENTITY,
  },
  {
    code: "DEVICE_AUTH_PUBLIC_KEY_INVALID",
    message: "device public key invalid",
    reaction: "send-anew",
    remedy: IDENTITY,
  },
  { code: "DEVICE_AUTH_INVALID", reaction: "give-up", remedy: IDENTITY },
  {
    code: "DEVICE_AUTH_SIGNATURE_INVALID",
    message: "device signature invalid",
    reaction: "other-signature",
    remedy: REPORT,
  },
  {
    code: "DEVICE_AUTH_SIGNATURE_EXPIRED",
    message: "device signature expired",
    reaction: "retry",
    remedy: "where it stays: compare the clocks, and look for a slow network",
  },
  { code: "DEVICE_AUTH_NONCE_REQUIRED", message: "device nonce required", reaction: "retry", remedy: REPORT },
  { code: "DEVICE_AUTH_NONCE_MISMATCH", message: "device nonce mismatch", reaction: "retry", remedy: REPORT },
  {
    code: "CLIENT_VERSION_MISMATCH",
    reaction: "give-up",
    remedy: "give the node a state directory of its own, not the Gateway's",
  },
  {
    code: "CONTROL_UI_ORIGIN_NOT_ALLOWED",
    message: "origin not allowed",
    reaction: "give-up",
    remedy: "a proxy on the way adds an Origin header: make it leave that out",
  },
  { code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED", reaction: "give-up", remedy: REPORT },
  { code: "CONTROL_UI_BUILD_MISMATCH", reaction: "give-up", remedy: REPORT },
];

/** What is refused without a detail code that is known. The first row that fits counts. */
export const UNCODED_ROWS: readonly UncodedRow[] = [
  // Only where it names a field that a node can live without.
  { code: "*", message: "invalid connect params: at ", reaction: "omit-field", remedy: NOTHING },
  { code: "*", retryable: true, reaction: "wait-as-told", remedy: NOTHING },
  { code: "UNAVAILABLE", reaction: "wait-as-told", remedy: NOTHING },
  { code: "*", reaction: "send-anew", remedy: REPORT },
];

/** Every way in which a connection is closed. The first row that fits counts. */
export const CLOSE_ROWS: readonly CloseRow[] = [
  { code: 1012, reason: "node capabilities changed", reaction: "reconnect-now", remedy: NOTHING },
  { code: 1012, reaction: "gateway-restarts", remedy: NOTHING },
  { code: 1013, reaction: "gateway-restarts", remedy: NOTHING },
  {
    code: 4001,
    reason: "device removed",
    reaction: "new-device-token",
    remedy: "approve it again on the Gateway, if it should come back",
  },
  { code: 4001, reason: "gateway auth changed", reaction: "new-credentials", remedy: TOKEN },
  { code: 4001, reaction: "new-credentials", remedy: TOKEN },
  { code: 1008, reason: "repeated unauthorized calls", reaction: "reconnect", remedy: REPORT },
  {
    code: 1008,
    reason: "slow consumer",
    reaction: "reconnect",
    remedy: "look for a slow network or a machine with too much to do",
  },
  { code: 1008, reaction: "reconnect", remedy: "read the reason; the Gateway's log says more" },
  { code: 1009, reaction: "reconnect", remedy: REPORT },
  { code: 1002, reaction: "reconnect", remedy: "look for a proxy that changes what it passes on" },
  { code: 1007, reaction: "reconnect", remedy: "look for a proxy that changes what it passes on" },
  { code: 1011, reaction: "reconnect", remedy: "the Gateway failed: its log says more" },
  { code: 1006, reaction: "reconnect", remedy: NOTHING },
  { code: 1005, reaction: "reconnect", remedy: NOTHING },
  { code: 1001, reaction: "reconnect", remedy: NOTHING },
  { code: 1000, reaction: "reconnect", remedy: NOTHING },
  {
    code: 4000,
    reaction: "reconnect",
    remedy: "the network lost the connection without a word: look for a firewall that forgets",
  },
];
