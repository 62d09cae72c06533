import type { FileIdentity, RunPlan } from "@openclaw/protocol";
import type { FileFact, Facts } from "./facts.ts";

export type Recheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly path: string; readonly what: "missing" | "changed" };

/** The identity to bind: a directory by its place, a file by its place and its content's traces. */
export function identityOf(path: string, fact: FileFact): FileIdentity {
  // The size and time of a directory change whenever something in it does.
  const directory = fact.kind === "directory";
  return {
    path,
    dev: fact.dev,
    ino: fact.ino,
    size: directory ? 0 : fact.size,
    mtimeMs: directory ? 0 : fact.mtimeMs,
    ctimeMs: directory ? 0 : fact.ctimeMs,
  };
}

export function sameIdentity(left: FileIdentity, right: FileIdentity): boolean {
  return (
    left.path === right.path &&
    left.dev === right.dev &&
    left.ino === right.ino &&
    left.size === right.size &&
    left.mtimeMs === right.mtimeMs &&
    left.ctimeMs === right.ctimeMs
  );
}

/** Looks again, right before the start, at everything that the decision looked at. */
export function recheckBindings(plan: Pick<RunPlan, "bindings">, facts: Pick<Facts, "stat">): Recheck {
  for (const binding of plan.bindings) {
    const fact = facts.stat(binding.path);
    if (fact === undefined) return { ok: false, path: binding.path, what: "missing" };
    if (!sameIdentity(identityOf(binding.path, fact), binding)) {
      return { ok: false, path: binding.path, what: "changed" };
    }
  }
  return { ok: true };
}
