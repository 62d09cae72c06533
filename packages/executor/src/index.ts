// Runs exactly the command that was decided: environment, limits, output, process group;
// one result shape for every way in which a run can end.
export { EXECUTION_ERROR_CODES, type ExecutionErrorCode, type ExecutionFailure } from "./errors.ts";
export { RUN_LIMITS } from "./limits.ts";
export {
  buildRunEnvironment,
  DEFAULT_PATH,
  type EnvironmentInput,
  type RunEnvironment,
} from "./environment.ts";
export { startRun, type RunHandle, type RunOptions, type RunResult } from "./start-run.ts";
