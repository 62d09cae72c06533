import type { ServiceNote } from "./service-notes.ts";
import type { PlanStep, ServicePlan } from "./service-plan.ts";

/** What a platform has to say about an install. */
export interface InstallParts {
  readonly definitionPath: string;
  readonly definitionText: string;
  readonly steps: readonly PlanStep[];
  readonly undo: ServicePlan["undo"];
  readonly warnings: readonly ServiceNote[];
}
