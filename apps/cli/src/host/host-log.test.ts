import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openHostLog, type HostLog, type HostLogOptions } from "./host-log.ts";
import { redactor } from "./redact.ts";

function logTo(
  lines: string[],
  options: Partial<HostLogOptions> = {},
  secrets: Iterable<string> = [],
): HostLog {
  return openHostLog({
    level: "info",
    format: "text",
    writeLine: (line) => lines.push(line),
    redact: redactor(new Set(secrets)),
    ...options,
  });
}

const HOSTILE = "a\n\u001b[2J\u202eb\u{e0041}\ud800";
const ACTING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe("openHostLog", () => {
  it("writes readable lines for a person", () => {
    const lines: string[] = [];
    const log = logTo(lines);
    log.info("hello", { invoke: "i-1", n: 5 });
    log.warn("careful");
    log.error("bad");
    expect(lines).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d \[node-host\] hello invoke=i-1 n=5$/u),
      expect.stringMatching(/ \[node-host\] warning: careful$/u),
      expect.stringMatching(/ \[node-host\] error: bad$/u),
    ]);
  });

  it("writes JSON lines for a file", () => {
    const lines: string[] = [];
    logTo(lines, { format: "json" }).info("hello", { invoke: "i-1" });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: 30, message: "hello", invoke: "i-1" });
    expect(Date.parse(JSON.parse(lines[0] ?? "").time)).toBeGreaterThan(0);
  });

  it("says as much as it was asked to", () => {
    const lines: string[] = [];
    const log = logTo(lines, { level: "warn" });
    log.debug("a");
    log.info("b");
    log.warn("c");
    expect(lines).toHaveLength(1);
  });

  it.each(["text", "json"] as const)("shows no secret and obeys no character: %s", (format) => {
    const part = fc.string({ unit: "binary", maxLength: 12 });
    const secret = fc.string({ unit: "binary", minLength: 6, maxLength: 16 });
    fc.assert(
      fc.property(secret, part, part, (hidden, before, after) => {
        fc.pre(!"[redacted]".includes(hidden) && !"[node-host] key=".includes(hidden));
        const text = `${before}${hidden}${after}`;
        fc.pre(!text.replaceAll(hidden, "[redacted]").includes(hidden));
        const lines: string[] = [];
        const log = logTo(lines, { format }, [hidden]);
        log.info(text, { key: text, deep: { er: [text] }, error: new Error(text) });
        expect(lines).toHaveLength(1);
        const line = lines[0] ?? "";
        expect(line).not.toMatch(ACTING);
        // Neither as it is nor in a spelling that an encoder gave it.
        const spellings = [hidden, JSON.stringify(hidden).slice(1, -1)];
        const shown = format === "json" ? JSON.stringify(JSON.parse(line)) : line;
        expect(spellings.filter((spelling) => spelling.length >= 6 && shown.includes(spelling))).toEqual([]);
      }),
    );
  });

  it.each(["text", "json"] as const)("keeps a hostile text on one line: %s", (format) => {
    const lines: string[] = [];
    logTo(lines, { format }).info(HOSTILE);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(ACTING);
  });

  it("changes nothing of a hostile text but its spelling in JSON", () => {
    const lines: string[] = [];
    logTo(lines, { format: "json" }).info(HOSTILE);
    expect(JSON.parse(lines[0] ?? "").message).toBe(HOSTILE);
  });
});
