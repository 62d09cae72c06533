// The background service of a node host on systemd, OpenRC, runit, launchd and Task Scheduler: look, plan, apply.
// Plans are pure and printable; only `lookAtServices`, `applyPlan` and what is built on them touch the machine.
export { ServiceError } from "./errors.ts";
export type { ServiceErrorCode, ServiceErrorDetails, ServiceProblem } from "./errors.ts";
export { serviceLimits } from "./limits.ts";
export type { ServiceLimits } from "./limits.ts";

export type {
  RenderedFile,
  ServiceManager,
  ServiceScope,
  ServiceSpec,
  ServiceTarget,
} from "./service-spec.ts";
export { serviceNames } from "./service-names.ts";
export type { ServiceNames } from "./service-names.ts";
export { captureServiceEnvironment } from "./service-environment.ts";
export type { CapturedEnvironment, EnvironmentQuestion } from "./service-environment.ts";
export { servicePath } from "./service-path.ts";

// Looking.
export type { Account, CommandOutcome, PathFacts, ServiceSystem } from "./service-system.ts";
export { realServiceSystem } from "./real-system.ts";
export type { ManagerReason, ManagerState, ServiceWorld } from "./service-world.ts";
export { lookAtServices } from "./look-at-services.ts";
export type {
  DefinitionOrigin,
  InstalledDefinition,
  InstalledService,
  ServiceCommand,
  ServiceFacts,
  ServiceRuntime,
  ServiceStatus,
} from "./service-state.ts";

// Planning (pure).
export type { ServiceNote, ServiceNoteCode } from "./service-notes.ts";
export type {
  PlanCommand,
  PlanOutcome,
  PlanStep,
  ServiceAction,
  ServicePlan,
  ServiceResult,
  ServiceResultWord,
} from "./service-plan.ts";
export { planInstall } from "./plan-install.ts";
export { planRestart, planStart, planStop, planUninstall } from "./plan-actions.ts";
export { describePlan } from "./describe-plan.ts";

// Acting.
export { applyPlan } from "./apply-plan.ts";
export {
  installService,
  readServiceStatus,
  restartService,
  startService,
  stopService,
  uninstallService,
} from "./service-actions.ts";
