/** What can keep the Gateway from starting or saving. */
export type DevGatewayErrorCode = "cannot-listen" | "state-unreadable" | "state-unwritable";

/** A failure of the Gateway itself; what goes wrong with a client is an answer to that client. */
export class DevGatewayError extends Error {
  readonly code: DevGatewayErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: DevGatewayErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "DevGatewayError";
    this.code = code;
    this.details = details;
  }
}
