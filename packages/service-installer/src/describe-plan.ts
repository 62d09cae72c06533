import type { PlanCommand, PlanStep, ServicePlan } from "./service-plan.ts";
import type { RenderedFile } from "./service-spec.ts";
import { shownCommand } from "./shell-text.ts";

/**
 * The plan in words, one line each; texts of files are indented. This is the dry run. The values of secrets are left
 * out.
 */
export function describePlan(plan: ServicePlan): readonly string[] {
  const { outcome } = plan;
  switch (outcome.kind) {
    case "refused":
      return [outcome.problem.message, ...outcome.problem.hints];
    case "nothing":
      return [outcome.message];
    case "by-hand":
      return [...plan.steps.flatMap((step) => stepLines(step)), ...outcome.instructions];
    case "apply":
      return plan.steps.flatMap((step) => stepLines(step));
  }
}

function stepLines(step: PlanStep): readonly string[] {
  switch (step.kind) {
    case "directory":
      return [`make directory ${step.path} (mode ${octal(step.mode)}, when absent)`];
    case "write":
      return [
        `write ${step.file.path} (mode ${octal(step.file.mode)})`,
        ...fileLines(step.file).map((line) => `    ${line}`),
      ];
    case "copy":
      return [`copy ${step.from} to ${step.to}`];
    case "remove":
      return [`remove ${step.path}`];
    case "command":
      return [
        `run ${commandLine(step.command)}`,
        ...(step.otherwise === undefined
          ? []
          : [
              "when that fails, instead of the rest:",
              ...step.otherwise.steps.flatMap((inner) => stepLines(inner)).map((line) => `  ${line}`),
            ]),
      ];
  }
}

/** The text that a person may see: of a file with secrets only the names. */
export function fileLines(file: RenderedFile): readonly string[] {
  const lines = file.text.replace(/\r?\n$/u, "").split(/\r?\n/u);
  if (file.text === "") return [];
  return file.secret === true ? lines.map((line) => line.replace(/=.*$/u, "=…")) : lines;
}

function commandLine(command: PlanCommand): string {
  const shown = shownCommand(command.argv, command.env);
  return command.mayFail === true ? `${shown} (its failure does not matter)` : shown;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
