// Describes the background service of a node host: names for each service manager, and the files of a systemd user unit.
// Renders only; launchd, Task Scheduler, and whatever talks to a service manager are not here yet.
export { ServiceError } from "./errors.ts";
export type { ServiceErrorCode, ServiceErrorDetails } from "./errors.ts";
export { serviceLimits } from "./limits.ts";
export type { ServiceLimits } from "./limits.ts";

export type { RenderedFile, ServiceSpec } from "./service-spec.ts";
export { serviceNames } from "./service-names.ts";
export type { ServiceNames } from "./service-names.ts";

export { renderSystemdUnit } from "./systemd-unit.ts";
export { escapeSystemdArgument, escapeSystemdValue } from "./systemd-escape.ts";
export { readSystemdUnit } from "./systemd-reader.ts";
export type { ReadUnit } from "./systemd-reader.ts";
