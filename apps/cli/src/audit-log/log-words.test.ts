import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvRow, CSV_HEAD } from "./log-csv.ts";
import { LogEntries, type EntryFilter } from "./log-entries.ts";
import { parseLogRecord, type LogRecord } from "./log-record.ts";
import { parseSince } from "./since-time.ts";

const NOW = new Date(2026, 10, 23, 12, 30).getTime();

describe("parseSince", () => {
  it.each([
    ["90m", NOW - 90 * 60_000],
    ["2h", NOW - 7_200_000],
    ["3d", NOW - 3 * 86_400_000],
    ["1w", NOW - 7 * 86_400_000],
    ["45 s", NOW - 45_000],
    ["today", new Date(2026, 10, 23).getTime()],
    ["yesterday", new Date(2026, 10, 22).getTime()],
    ["2026-11-01", new Date(2026, 10, 1).getTime()],
    ["2026-11-01 14:30", new Date(2026, 10, 1, 14, 30).getTime()],
    ["2026-11-01T14:30:05", new Date(2026, 10, 1, 14, 30, 5).getTime()],
    ["2026-11-01T14:30:05.250Z", Date.UTC(2026, 10, 1, 14, 30, 5, 250)],
    ["2026-11-01T14:30+02:00", Date.UTC(2026, 10, 1, 12, 30)],
  ])("reads %s", (text, moment) => {
    expect(parseSince(text, NOW)).toBe(moment);
  });

  it.each(["", "soon", "2h ago", "-2h", "2026-13-01", "2026-11-41", "23.11.2026", "1e3h", "9999999h"])(
    "does not guess at `%s`",
    (text) => {
      expect(parseSince(text, NOW)).toBeUndefined();
    },
  );
});

describe("parseLogRecord", () => {
  it("gives a record or nothing, whatever it is given", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant('{"kind":"x","at":5}')), (text) => {
        const record = parseLogRecord(text);
        expect(record === undefined || Number.isFinite(record.at)).toBe(true);
      }),
    );
    expect(parseLogRecord('{"kind":"x","at":"2026-11-23T00:00:00.000Z"}')?.at).toBe(Date.UTC(2026, 10, 23));
  });
});

const record = (fields: Readonly<Record<string, unknown>>): LogRecord => ({
  kind: "decision",
  at: NOW,
  fields,
});
const ran = (id: string, kind: string, more: object = {}): LogRecord => ({
  kind,
  at: NOW,
  fields: { invokeId: `i-${id}`, runId: `r-${id}`, agentId: "main", outcome: "allow", ...more },
});

describe("LogEntries", () => {
  const list = (filter: EntryFilter, limit: number, records: readonly LogRecord[]): unknown[] => {
    const entries = new LogEntries(filter, limit);
    for (const each of records) entries.take(each);
    return entries.list().map(({ record: { kind, fields }, end }) => [kind, fields["runId"], end?.kind]);
  };

  it("joins each end to its decision, also when runs cross", () => {
    const crossing = [
      ran("1", "decision"),
      ran("2", "decision"),
      ran("2", "outcome"),
      ran("1", "not-started"),
    ];
    expect(list({}, 9, crossing)).toEqual([
      ["decision", "r-1", "not-started"],
      ["decision", "r-2", "outcome"],
    ]);
  });

  it("keeps the last ones, and never more", () => {
    const many = Array.from({ length: 5000 }, (_, index) => ran(String(index), "decision"));
    expect(list({}, 2, [...many, ran("3", "outcome")])).toEqual([
      ["decision", "r-4998", undefined],
      ["decision", "r-4999", undefined],
    ]);
  });

  it("keeps what fits", () => {
    const all = [
      ran("1", "decision", { outcome: "deny" }),
      ran("2", "decision", { agentId: "other" }),
      { ...ran("3", "decision"), at: NOW - 9 },
      ran("3", "outcome"),
      ran("4", "outcome"),
      { kind: "policy-edit", at: NOW, fields: { outcome: "accepted", by: "gateway" } },
    ];
    const names = (filter: EntryFilter): unknown[] =>
      list(filter, 9, all).map((row) => (row as unknown[])[1]);
    expect(names({ outcome: "deny" })).toEqual(["r-1"]);
    expect(names({ agent: "other" })).toEqual(["r-2"]);
    expect(names({ since: NOW })).toEqual(["r-1", "r-2", undefined]);
    expect(names({ run: "r-3" })).toEqual(["r-3"]);
    expect(names({ run: "i-2" })).toEqual(["r-2"]);
    // Its decision was rotated away.
    expect(names({ run: "r-4" })).toEqual(["r-4"]);
  });
});

describe("csvRow", () => {
  /** Reads one row as RFC 4180 has it. */
  const cells = (row: string): string[] => {
    const read = /^(?:"((?:[^"]|"")*)"|([^",]*))(?:,|\r\n$)/u;
    const found: string[] = [];
    for (let rest = row; rest !== "";) {
      const [whole = rest, quoted, bare = ""] = read.exec(rest) ?? [];
      found.push(quoted?.replaceAll('""', '"') ?? bare);
      rest = rest.slice(whole.length);
    }
    return found;
  };
  const at = (name: string, row: string): string | undefined => cells(row)[cells(CSV_HEAD).indexOf(name)];

  it("keeps every value in its column", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(), (text, exitCode) => {
        const row = csvRow(record({ command: `x${text}`, cwd: "/a,b", exitCode, rule: { kind: "entry" } }));
        expect(at("command", row)).toBe(`x${text}`);
        expect(at("cwd", row)).toBe("/a,b");
        expect(at("exitCode", row)).toBe(String(exitCode));
        expect(at("rule", row)).toBe('{"kind":"entry"}');
      }),
    );
  });

  it.each(["=HYPERLINK(1)", "+1", "-rm", "@x", "\tx"])("makes no formula of %s", (command) => {
    expect(at("command", csvRow(record({ command })))).toBe(`'${command}`);
  });
});
