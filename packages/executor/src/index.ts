// Runs exactly the command that was decided: environment, limits, output, process tree;
// one result shape for every way in which a run can end.
export {
  detectContainment,
  type Containment,
  type ContainmentKind,
  type DetectOptions,
} from "./containment.ts";
export {
  buildRunEnvironment,
  DEFAULT_PATH,
  type EnvironmentInput,
  type RunEnvironment,
} from "./environment.ts";
export { EXECUTION_ERROR_CODES, type ExecutionErrorCode, type ExecutionFailure } from "./errors.ts";
export { FileSpool, type FileSpoolOptions, type SpoolQuota } from "./file-spool.ts";
export { endMarked, findMarked, type MarkedProcesses } from "./left-processes.ts";
export type { LimitTools } from "./limit-tools.ts";
export { RUN_LIMITS } from "./limits.ts";
export type { DecodeOutput, OutputStream, StreamBytes } from "./output-buffer.ts";
export type { OutputFilter } from "./output-path.ts";
export {
  planLimits,
  type LimitInForce,
  type LimitName,
  type LimitPlan,
  type LimitPlanning,
  type RunLimits,
} from "./plan-limits.ts";
export { releasePiece } from "./release-piece.ts";
export type { RunReport, RunResult } from "./run-result.ts";
export { openSandbox, type Sandbox, type SandboxFacts, type SandboxProfile } from "./sandbox.ts";
export type { RunSpool, SpoolEnd, SpoolReport } from "./spool.ts";
export type { RunOptions } from "./run-options.ts";
export { startRun, type RunHandle } from "./start-run.ts";
