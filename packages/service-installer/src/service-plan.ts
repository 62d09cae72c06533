import type { ServiceProblem } from "./errors.ts";
import type { ServiceNote } from "./service-notes.ts";
import type { RenderedFile, ServiceManager } from "./service-spec.ts";
import type { ServiceFacts } from "./service-state.ts";

export type ServiceAction = "install" | "uninstall" | "start" | "stop" | "restart";

/** The recorded `result` words. */
export type ServiceResultWord =
  | "installed"
  | "already-installed"
  | "uninstalled"
  | "started"
  | "already-running"
  | "stopped"
  | "not-loaded"
  | "restarted";

/** One command, without a shell. */
export interface PlanCommand {
  readonly argv: readonly [string, ...string[]];
  /** Variables that it needs beside the inherited ones. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Its failure changes nothing. */
  readonly mayFail?: boolean;
  /** How often it is tried; default once. launchd needs a moment after a bootout. */
  readonly attempts?: number;
  /** Started and left to itself. */
  readonly detached?: boolean;
  /** What its failure means; default `command-failed`. */
  readonly failure?: "command-failed" | "not-started";
}

export type PlanStep =
  /** Made when absent, with its parents. */
  | { readonly kind: "directory"; readonly path: string; readonly mode: number }
  | { readonly kind: "write"; readonly file: RenderedFile }
  /** What is there is copied; nothing happens when it is absent. */
  | { readonly kind: "copy"; readonly from: string; readonly to: string }
  /** Fine when absent. */
  | { readonly kind: "remove"; readonly path: string }
  | {
      readonly kind: "command";
      readonly command: PlanCommand;
      /** When it fails: done instead of everything after this step. */
      readonly otherwise?: { readonly steps: readonly PlanStep[]; readonly note?: ServiceNote };
    };

/** What the plan comes to. */
export type PlanOutcome =
  | { readonly kind: "apply"; readonly result: ServiceResultWord }
  /** There is nothing to do. */
  | { readonly kind: "nothing"; readonly result: ServiceResultWord; readonly message: string }
  /** Only a person can do it: show the files and the instructions. */
  | { readonly kind: "by-hand"; readonly instructions: readonly string[] }
  | { readonly kind: "refused"; readonly problem: ServiceProblem };

/** A whole action, before anything is done. Plain data; printing it is the dry run. */
export interface ServicePlan {
  readonly action: ServiceAction;
  readonly manager: ServiceManager | undefined;
  readonly outcome: PlanOutcome;
  /** In order. Empty unless the outcome is `apply`; with `by-hand` only what has to be written. */
  readonly steps: readonly PlanStep[];
  /** After a failure: commands before the old files are put back, and after. None of them may fail the rest. */
  readonly undo: { readonly before: readonly PlanCommand[]; readonly after: readonly PlanCommand[] };
  /** The service as it is now, and as it is when the plan has been applied. */
  readonly before: ServiceFacts;
  readonly after: ServiceFacts;
  /** The definition that a person would look at. */
  readonly definitionPath: string | undefined;
  readonly warnings: readonly ServiceNote[];
  readonly notes: readonly ServiceNote[];
}

/** What came of it. `service`, `result`, `message` and `hints` are those of the recorded JSON. */
export type ServiceResult =
  | {
      readonly ok: true;
      readonly action: ServiceAction;
      readonly result: ServiceResultWord;
      readonly message: string | undefined;
      readonly service: ServiceFacts;
      readonly definitionPath: string | undefined;
      readonly backupPath: string | undefined;
      readonly warnings: readonly ServiceNote[];
      readonly notes: readonly ServiceNote[];
    }
  | {
      readonly ok: false;
      readonly action: ServiceAction;
      readonly problem: ServiceProblem;
      /** The outcome `by-hand` has files and instructions to show. */
      readonly byHand: boolean;
      /** Whether everything that had been done was undone. */
      readonly undone: boolean;
      readonly service: ServiceFacts;
      readonly warnings: readonly ServiceNote[];
      readonly notes: readonly ServiceNote[];
    };
