import { StoreError } from "@openclaw/config-store";
import { describe, expect, it } from "vitest";
import type { CommandIo } from "./command.ts";
import { CliError } from "./errors.ts";
import { reportError } from "./report-error.ts";

/** Whatever a terminal or a reader would obey, but line ends. */
const ACTING = /(?!\n)\p{Cc}|\p{Cf}/u;

function report(
  error: unknown,
  json = false,
): { readonly code: number; readonly out: string; readonly err: string } {
  let out = "";
  let err = "";
  const io: CommandIo = {
    env: {},
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    stdin: process.stdin,
  };
  return { code: reportError(error, io, json), out, err };
}

describe("reportError", () => {
  it("says what happened and what to do, and no more", () => {
    expect(report(new CliError("bad-option", "no port", ["use another"]))).toEqual({
      code: 2,
      out: "",
      err: "openclaw: no port\n  use another\n",
    });
    expect(report(new StoreError("bad-json", "broken")).err).toBe("openclaw: broken\n");
  });

  it("answers with one document where JSON was asked for", () => {
    const { out, err } = report(new CliError("usage", "a\u001b[31m", ["b\u202e"]), true);
    expect(out.endsWith("\n")).toBe(true);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      error: { type: "cli_error", message: "a\u001b[31m", code: "usage", hints: ["b\u202e"] },
    });
    expect(`${out}${err}`).not.toMatch(ACTING);
    expect(JSON.parse(report(new StoreError("bad-json", "broken"), true).out)).toEqual({
      ok: false,
      error: { type: "cli_error", message: "broken", code: "bad-json" },
    });
  });

  it("keeps words of others on one line, without power over the terminal", () => {
    const { err } = report(
      new CliError("gateway-refused", "said \u001b]0;x\u0007\nopenclaw: all is well", ["\u202ex"]),
    );
    expect(err.split("\n")).toHaveLength(3);
    expect(err).not.toMatch(ACTING);
  });

  it("asks for a report of what should not have happened", () => {
    const { code, err } = report(new TypeError("x is not a function"));
    expect(code).toBe(1);
    expect(err).toMatch(/^openclaw: internal error: x is not a function\n.*please report it[^]*at /u);
    expect(report("text").err).toMatch(/internal error: text/u);
  });
});
