import { CSV_HEAD, csvRow } from "../audit-log/log-csv.ts";
import { AUDIT_LOG_LIMITS } from "../audit-log/limits.ts";
import { auditPath, recordsOf, sinceOption, withLog } from "../audit-log/log-question.ts";
import { stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonLine } from "../output/printable.ts";
import { writeOn } from "../output/write-on.ts";

/** `openclaw approvals log export`: the log for another program, line by line. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const since = sinceOption(input, Date.now()) ?? Number.NEGATIVE_INFINITY;
  const csv = stringOption(input, "format") === "csv";
  let unreadable = 0;
  await withLog(auditPath(input, io), async (log) => {
    let block = csv ? CSV_HEAD : "";
    for (const record of recordsOf(log, () => (unreadable += 1))) {
      if (record.at < since) continue;
      block += csv ? csvRow(record) : jsonLine(record.fields);
      if (block.length < AUDIT_LOG_LIMITS.chunkBytes) continue;
      await writeOn(io.stdout, block);
      block = "";
    }
    await writeOn(io.stdout, block);
  });
  if (unreadable > 0)
    io.stderr.write(
      `openclaw: ${unreadable === 1 ? "one line is" : `${unreadable} lines are`} no record and left out; openclaw approvals log verify tells which\n`,
    );
  return EXIT.ok;
}
