import type { PlanStep, ServicePlan } from "@openclaw/service-installer";

type Json = Readonly<Record<string, unknown>>;

/** A plan as JSON: the recorded keys, then every step in order. Texts of files with secrets are left out. */
export function planDocument(plan: ServicePlan, warnings: readonly string[]): Json {
  const { action, outcome, before } = plan;
  return {
    action,
    ok: true,
    dryRun: true,
    ...(outcome.kind === "apply" || outcome.kind === "nothing" ? { result: outcome.result } : {}),
    ...(outcome.kind === "nothing" ? { message: outcome.message } : {}),
    service: before,
    steps: plan.steps.map(stepDocument),
    ...(outcome.kind === "by-hand" ? { instructions: outcome.instructions } : {}),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

function stepDocument(step: PlanStep): Json {
  switch (step.kind) {
    case "directory":
      return { kind: "directory", path: step.path, mode: octal(step.mode) };
    case "write": {
      const { path, mode, text, secret } = step.file;
      return { kind: "write", path, mode: octal(mode), ...(secret === true ? { secret } : { text }) };
    }
    case "copy":
      return { kind: "copy", from: step.from, to: step.to };
    case "remove":
      return { kind: "remove", path: step.path };
    case "command":
      return {
        kind: "command",
        argv: step.command.argv,
        ...(step.command.env === undefined ? {} : { env: step.command.env }),
        ...(step.otherwise === undefined ? {} : { otherwise: step.otherwise.steps.map(stepDocument) }),
      };
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
