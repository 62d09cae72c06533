import { AUDIT_LOG_LIMITS } from "../audit-log/limits.ts";
import { LogEntries } from "../audit-log/log-entries.ts";
import {
  auditPath,
  countOption,
  nothingText,
  recordsOf,
  sinceOption,
  withLog,
} from "../audit-log/log-question.ts";
import { entryJson, showEntry } from "../audit-log/log-screen.ts";
import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";

/** `openclaw approvals log show`: the last decisions that fit, whole. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const path = auditPath(input, io);
  const filter = {
    run: stringOption(input, "run"),
    agent: stringOption(input, "agent"),
    outcome: stringOption(input, "outcome"),
    since: sinceOption(input, Date.now()),
  };
  const entries = new LogEntries(filter, countOption(input, "limit", "--limit", AUDIT_LOG_LIMITS.show));
  await withLog(path, (log) => {
    for (const record of recordsOf(log)) entries.take(record);
    const list = entries.list();
    const screen = screenFor(input, io);
    if (flag(input, "json")) io.stdout.write(jsonLine({ path, entries: list.map(entryJson) }));
    else if (list.length === 0)
      screen.line(
        nothingText(
          log,
          path,
          Object.values(filter).some((value) => value !== undefined),
        ),
      );
    else
      for (const [index, entry] of list.entries()) {
        if (index > 0) screen.line();
        showEntry(screen, entry);
      }
  });
  return EXIT.ok;
}
