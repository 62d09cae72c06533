/** Every way in which a service cannot be described or managed. Closed: a new way gets a new code. */
export type ServiceErrorCode =
  | "unsupported-platform"
  | "bad-profile"
  | "bad-command"
  | "bad-variable"
  | "bad-path"
  | "bad-user"
  | "not-representable"
  | "too-large"
  | "secret-exposed"
  | "render-mismatch"
  | "no-service-manager"
  | "by-hand-only"
  | "not-permitted"
  | "wrong-home"
  | "foreign-service"
  | "not-installed"
  | "needs-repair"
  | "command-failed"
  | "command-timed-out"
  | "not-started"
  | "write-failed";

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

/** What went wrong, as a value: plans and results carry it. */
export interface ServiceProblem {
  readonly code: ServiceErrorCode;
  /** The whole sentence. */
  readonly message: string;
  /** What a person can do, the likeliest first; commands are ready to be typed. */
  readonly hints: readonly string[];
}
