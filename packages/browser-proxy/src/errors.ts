/** Every reason for which a call is refused before it reaches a browser. Closed: a new reason gets a new code. */
export type BrowserProxyErrorCode =
  | "params-required"
  | "path-required"
  | "bad-method"
  | "bad-params"
  | "too-large"
  | "proxy-disabled"
  | "browser-disabled"
  | "bad-upload"
  | "profile-mutation"
  | "profile-not-allowed"
  | "unknown-route";

export interface BrowserProxyErrorDetails {
  /** The field of the params that is wrong. */
  readonly field?: string;
}

/** `message` is the sentence for the log and the owner. What goes to the Gateway is `browserRefusalText`. */
export class BrowserProxyError extends Error {
  override readonly name: string = "BrowserProxyError";
  readonly code: BrowserProxyErrorCode;
  readonly details: BrowserProxyErrorDetails;

  constructor(
    code: BrowserProxyErrorCode,
    message: string,
    details: BrowserProxyErrorDetails = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** The texts that Gateways and agents know (browser proxy sections 3 to 5); others carry our sentence. */
const knownTexts: ReadonlyMap<BrowserProxyErrorCode, string> = new Map([
  ["params-required", "INVALID_REQUEST: paramsJSON required"],
  ["path-required", "INVALID_REQUEST: path required"],
  ["bad-method", "INVALID_REQUEST: method must be GET, POST, or DELETE"],
  ["proxy-disabled", "UNAVAILABLE: node browser proxy disabled"],
  ["browser-disabled", "browser control disabled"],
  ["profile-mutation", "INVALID_REQUEST: browser.proxy cannot mutate persistent browser profiles"],
  ["profile-not-allowed", "INVALID_REQUEST: browser profile not allowed"],
  ["unknown-route", "Not Found"],
]);

/** The `message` of a failed invoke, whose `code` is always `INVALID_REQUEST` (browser proxy section 5). */
export function browserRefusalText(error: BrowserProxyError): string {
  return `Error: ${knownTexts.get(error.code) ?? `INVALID_REQUEST: ${error.message}`}`;
}
