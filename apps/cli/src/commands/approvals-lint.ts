import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { countSeverities, lintInspected } from "../operator/lint-report.ts";
import { countsText, fixText, showFinding } from "../operator/lint-screen.ts";
import { ownerFacts } from "../operator/owner-facts.ts";
import { withPolicy } from "../operator/policy-target.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";
import { linesFor } from "../output/wrap-text.ts";
import { statePathsFor } from "../state.ts";

const ELSEWHERE =
  "Only the words of the policy were looked at: files and deny entries of another machine cannot be seen from here. Run openclaw approvals lint there for those.";

/** `openclaw approvals lint`: what in a policy does nothing, too much, or something else than it seems to. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await withPolicy(input, io, async (target) => {
    const here = target.option === "";
    const inspected = await target.inspect();
    const findings = lintInspected(inspected, here ? ownerFacts(io, statePathsFor(input, io)) : undefined);
    const counts = countSeverities(findings);
    const { path, exists, hash } = inspected.view;
    if (flag(input, "json")) {
      const shown = findings.map((finding) => {
        const { fix: _words, ...rest } = finding;
        const fix = fixText(finding, target.option);
        return fix === undefined ? rest : { ...rest, fix };
      });
      io.stdout.write(
        jsonLine({
          target: target.label,
          path,
          exists,
          hash,
          filesChecked: here,
          denyChecked: here,
          counts,
          findings: shown,
        }),
      );
    } else {
      const screen = screenFor(input, io);
      screen.fields([
        ["Target", target.label],
        ["Path", path],
      ]);
      screen.line();
      for (const finding of findings) {
        showFinding(screen, io, finding, target.option);
        screen.line();
      }
      screen.line(countsText(counts));
      if (!here) for (const line of linesFor(io.stdout, ELSEWHERE)) screen.line(line);
    }
    return counts.error + counts.warning === 0 ? EXIT.ok : EXIT.failure;
  });
}
