import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFrame } from "./frames.ts";
import { parseJsonText, parseWith, utf8Length } from "./parse.ts";
import { systemRunParamsSchema } from "./commands/system-run.ts";

describe("utf8Length", () => {
  it("counts what an encoder would write", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text, "utf8"));
      }),
    );
  });
});

describe("parseJsonText", () => {
  it("accepts what JSON.parse accepts and gives the same value", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const parsed = parseJsonText(text, "value");
        expect(parsed).toEqual({ ok: true, value: JSON.parse(text) as unknown });
      }),
    );
  });

  it("never throws on any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        parseJsonText(text, "value");
        parseFrame(text);
      }),
    );
  });

  it("refuses depth before it is parsed", () => {
    const deep = "[".repeat(100_000);
    const parsed = parseJsonText(deep, "frame");
    expect(parsed.ok ? "" : parsed.error.code).toBe("too-deep");
  });

  it("does not count brackets inside strings", () => {
    const text = JSON.stringify({ a: `${"[".repeat(200)}\\"{` });
    expect(parseJsonText(text, "frame").ok).toBe(true);
  });

  it("refuses size exactly above the limit, in bytes", () => {
    const text = JSON.stringify("é".repeat(10));
    expect(parseJsonText(text, "x", 22).ok).toBe(true);
    expect(parseJsonText(text, "x", 21).ok).toBe(false);
  });
});

describe("parseFrame", () => {
  it("names what is wrong", () => {
    const cases: readonly [string, string][] = [
      ["nonsense", "frame is not JSON"],
      ["null", "frame has no known `type`; expected `req`, `res` or `event`"],
      ['{"type":"other"}', "frame has no known `type`; expected `req`, `res` or `event`"],
      [
        '{"type":"event","event":7}',
        "event frame at `event`: invalid input: expected string, received number",
      ],
      [
        '{"type":"res","id":"","ok":true}',
        "res frame at `id`: too small: expected string to have >=1 characters",
      ],
    ];
    for (const [text, message] of cases) {
      const parsed = parseFrame(text);
      expect(parsed.ok ? "" : parsed.error.message).toBe(message);
    }
  });

  it("drops fields it does not know", () => {
    const parsed = parseFrame('{"type":"event","event":"tick","future":1,"__proto__":{"seq":3}}');
    expect(parsed).toEqual({ ok: true, value: { type: "event", event: "tick", payload: undefined } });
  });
});

describe("system.run params", () => {
  it("takes null for every optional field", () => {
    const nulls = Object.fromEntries(
      "rawCommand cwd env timeoutMs needsScreenRecording agentId sessionKey runId approved approvalDecision approvalSource suppressNotifyOnExit systemRunPlan"
        .split(" ")
        .map((name) => [name, null]),
    );
    const parsed = parseWith(systemRunParamsSchema, { command: ["ls"], ...nulls }, "system.run");
    expect(parsed.ok).toBe(true);
  });

  it("reads control fields of another type as errors, never as yes", () => {
    for (const approved of ["true", 1, {}, []]) {
      expect(parseWith(systemRunParamsSchema, { command: ["ls"], approved }, "system.run").ok).toBe(false);
    }
  });

  it("refuses NUL, non-strings, empty commands and sizes over the limits", () => {
    const bad = [
      [],
      "ls",
      ["ls", "a\0b"],
      ["ls", 3],
      [""],
      Array.from({ length: 5000 }, () => "x"),
      ["x".repeat(1_100_000)],
    ];
    for (const command of bad)
      expect(parseWith(systemRunParamsSchema, { command }, "system.run").ok).toBe(false);
  });
});
