/** Every way in which a service cannot be described. Closed: a new way gets a new code. */
export type ServiceErrorCode =
  | "unsupported-platform"
  | "bad-profile"
  | "bad-command"
  | "bad-variable"
  | "bad-path"
  | "not-representable"
  | "too-large"
  | "secret-exposed"
  | "render-mismatch";

export interface ServiceErrorDetails {
  /** The part of the service that is meant, for example `argument 3` or `variable PATH`. */
  readonly part?: string;
}

/** `message` is the whole sentence: what happened, and what to do next. Never holds the value of a secret. */
export class ServiceError extends Error {
  override readonly name: string = "ServiceError";
  readonly code: ServiceErrorCode;
  readonly details: ServiceErrorDetails;

  constructor(code: ServiceErrorCode, message: string, details: ServiceErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}
