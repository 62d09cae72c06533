// Finds, reads and writes the files of a node host: paths, owner-only modes, atomic replacement, locks between processes,
// strict JSON and the JSON5 configuration. Bad files and full disks come out as StoreError, whose message is the sentence.
export { StoreError } from "./errors.ts";
export type { StoreErrorCode, StoreErrorDetails } from "./errors.ts";
export { storeLimits } from "./limits.ts";
export type { StoreLimits } from "./limits.ts";

export { resolveStatePaths } from "./state-paths.ts";
export type { StatePaths, StateQuestion } from "./state-paths.ts";
export type { Environment, PlatformName } from "./home-directory.ts";
export { ensurePrivateDir, findForeignState, prepareStateDir } from "./private-directory.ts";

export { readStateFile } from "./read-state-file.ts";
export type { ReadStateFileOptions, StateFileText } from "./read-state-file.ts";
export { writeStateFile } from "./write-state-file.ts";
export type { WriteStateFileOptions } from "./write-state-file.ts";
export { updateStateFile } from "./update-state-file.ts";
export type { UpdateStateFileOptions } from "./update-state-file.ts";
export { acquireHostLock, HostLock, lookAtHostLock } from "./host-lock.ts";
export type { HostLockOptions } from "./host-lock.ts";

export { parseJsonDocument } from "./json-document.ts";
export type { ParseJsonOptions } from "./json-document.ts";

export { readConfig } from "./node-config.ts";
export type {
  BrowserConfig,
  BrowserProfileConfig,
  BrowserProxyConfig,
  ExecConfig,
  GatewayConfig,
  NodeConfig,
} from "./node-config.ts";
export { gatewayCredentials } from "./gateway-credentials.ts";
export type { GatewayCredentials } from "./gateway-credentials.ts";
