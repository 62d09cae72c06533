import type { SurfaceState } from "./surface-watch.ts";

/** What is declared now and was not part of the last known approval. Nothing known means nothing to compare. */
export function addedCommands(
  declared: readonly string[],
  approved: readonly string[] | undefined,
): readonly string[] {
  return approved === undefined ? [] : declared.filter((name) => !approved.includes(name));
}

/** What a Gateway holds as approved once everything declared is: a narrower surface leaves its record as it was. */
export function approvedAfter(
  declared: readonly string[],
  before: readonly string[] | undefined,
): readonly string[] {
  return before === undefined || addedCommands(declared, before).length > 0 ? declared : before;
}

/** What of the declared commands the Gateway takes, as far as the node can know; undefined where it cannot. */
export function takenCommands(
  declared: readonly string[],
  state: SurfaceState,
): readonly string[] | undefined {
  switch (state.stage) {
    case "approved":
    case "not-needed":
      return declared;
    case "unknown":
      return undefined;
    case "not-asked":
    case "pending":
    case "rejected": {
      const { added } = state;
      if (added !== undefined) return declared.filter((name) => !added.includes(name));
      // A request with an id, or a refusal of everything: nothing is approved.
      return state.stage === "rejected" || ("requestId" in state && state.requestId !== undefined)
        ? []
        : undefined;
    }
  }
}
