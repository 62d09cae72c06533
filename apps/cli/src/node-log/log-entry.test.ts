import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryText, levelNumber, parseLogEntry } from "./log-entry.ts";

const ACTING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe("parseLogEntry", () => {
  it("gives an entry whose text acts on no terminal, or nothing, whatever stands there", () => {
    const text = fc.string({ unit: "binary" });
    const nearly = fc
      .record({
        level: fc.anything(),
        time: fc.oneof(fc.constant("2026-11-23T12:00:00Z"), text),
        message: text,
        x: text,
      })
      .map((value) => JSON.stringify(value) ?? "");
    fc.assert(
      fc.property(fc.oneof(text, fc.json(), nearly), (line) => {
        const entry = parseLogEntry(line);
        if (entry !== undefined) expect(entryText(entry)).not.toMatch(ACTING);
      }),
    );
  });

  it("shows what the terminal of the host showed: no ids", () => {
    const line =
      '{"level":40,"time":"2026-11-23T12:00:00Z","message":"m","invokeId":"i","runId":"r","error":"e"}';
    const entry = parseLogEntry(line);
    expect(entry === undefined ? "" : entryText(entry)).toMatch(
      /^\d\d:\d\d:\d\d \[node-host\] warning: m error=e$/u,
    );
  });
});

describe("levelNumber", () => {
  it.each([
    ["debug", 20],
    ["error", 50],
    [undefined, 0],
  ])("%s is %s", (name, level) => expect(levelNumber(name)).toBe(level));
});
