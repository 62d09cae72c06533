import { linesOf } from "../audit-log/log-lines.ts";
import { auditPath, withLog } from "../audit-log/log-question.ts";
import { verifyChain, type ChainReport } from "../audit-log/verify-chain.ts";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor, type Screen } from "../output/screen.ts";

/** `openclaw approvals log verify`: walks the chain; exit code 1 when it is broken. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const path = auditPath(input, io);
  const report = await withLog(path, (log) =>
    verifyChain(log.files.map(({ name, file }) => ({ name, lines: linesOf(file) }))),
  );
  if (flag(input, "json")) io.stdout.write(jsonLine({ path, ...report }));
  else if (report.files.length === 0)
    screenFor(input, io).line(`There is nothing to verify: there is no ${path}`);
  else showReport(screenFor(input, io), report);
  return report.intact ? EXIT.ok : EXIT.failure;
}

function showReport(screen: Screen, report: ChainReport): void {
  const { lines, from, to, files, breaks, breakCount, intact, older, cutShort } = report;
  screen.fields([
    ["Files", files.map((file) => `${file.name} (${count(file.lines)})`).join(", ")],
    ["Lines", String(lines)],
    ["From", from ?? ""],
    ["To", to ?? ""],
  ]);
  screen.line();
  if (intact)
    screen.line(lines === 0 ? "The log is empty." : "Intact: every line follows the one before it.");
  else screen.line(`BROKEN at ${breakCount === 1 ? "one place" : `${breakCount} places`}:`);
  for (const { file, line, what, why } of breaks) {
    screen.line(`  ${file} line ${line}: ${what.replaceAll("-", " ")}`);
    screen.line(`    ${why}`);
  }
  if (breakCount > breaks.length) screen.line(`  and ${breakCount - breaks.length} more`);
  if (cutShort > 0)
    screen.line(`${count(cutShort)} cut short by a crash or a full disk; the line behind says so.`);
  if (older) screen.line("Older lines are in no file any more; that is usual after rotation.");
}

function count(lines: number): string {
  return lines === 1 ? "1 line" : `${lines} lines`;
}
