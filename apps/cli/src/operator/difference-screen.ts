import { diffPolicies, differenceLine, isNarrowing, type PolicyDifference } from "@openclaw/approvals";
import type { CommandIo } from "../command.ts";
import { printable } from "../output/printable.ts";
import type { Screen } from "../output/screen.ts";
import { linesFor } from "../output/wrap-text.ts";
import type { PlannedReplacement, PolicyTarget } from "./policy-target.ts";

const COLORS = { added: "success", removed: "error", changed: "warn" } as const;

/** Shows what a document would change: nothing is cut, because it is decided upon. */
export function showDifference(
  screen: Screen,
  io: CommandIo,
  target: PolicyTarget,
  planned: PlannedReplacement,
): readonly PolicyDifference[] {
  const { before, after, changed } = planned;
  const differences = diffPolicies(before, after);
  if (!changed) {
    screen.line(`Nothing changes for ${target.label}.`);
    return differences;
  }
  if (differences.length === 0) {
    screen.line(`For ${target.label}, nothing changes but order, form and bookkeeping.`);
    return differences;
  }
  screen.heading(`Changes for ${target.label}`);
  for (const difference of differences) {
    for (const line of linesFor(io.stdout, printable(differenceLine(difference)), "    ")) {
      io.stdout.write(`${screen.paint(COLORS[difference.change], line)}\n`);
    }
  }
  if (!isNarrowing(before, after)) {
    io.stdout.write(`${screen.paint("warn", "More may run than before.")}\n`);
  }
  return differences;
}
