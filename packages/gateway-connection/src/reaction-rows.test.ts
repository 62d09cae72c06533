import { readFileSync } from "node:fs";
import { CONNECT_ERROR_CODES } from "@openclaw/protocol";
import { describe, expect, it } from "vitest";
import { CONNECTION_ERROR_CODES } from "./errors.ts";
import { LINK_DELAYS, PATIENT_TRIES } from "./link-delays.ts";
import { FAILURE_ROWS } from "./failure-rows.ts";
import { CLOSE_ROWS, REFUSAL_ROWS, UNCODED_ROWS } from "./reaction-rows.ts";
import { REACTION_TEXTS, refusalRow } from "./reactions.ts";

const PAGE = readFileSync(new URL("../../../docs/connecting.md", import.meta.url), "utf8");

/** The cells of the table below a heading of docs/connecting.md, without its head. */
function table(heading: string): readonly (readonly string[])[] {
  const [, after = ""] = PAGE.split(`### ${heading}\n`);
  const rows = after.split("\n### ")[0]?.split("\n## ")[0]?.split("\n") ?? [];
  const cells = rows
    .filter((row) => row.startsWith("|"))
    .map((row) =>
      row
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  return cells.slice(2);
}

const code = (text: string | number | undefined): string => (text === undefined ? "" : `\`${text}\``);

describe("docs/connecting.md says what the code does", () => {
  it("about refused connects", () => {
    expect(table("Refused")).toEqual(
      REFUSAL_ROWS.map((row) => [code(row.code), code(row.message), code(row.reaction), row.remedy]),
    );
  });

  it("about connects that are refused without a known detail code", () => {
    expect(table("Refused without a detail code")).toEqual(
      UNCODED_ROWS.map((row) => [
        code(row.code),
        code(row.retryable === true ? "retryable" : row.message?.trim()),
        code(row.reaction),
        row.remedy,
      ]),
    );
  });

  it("about closed connections", () => {
    expect(table("Closed")).toEqual(
      CLOSE_ROWS.map((row) => [code(row.code), code(row.reason), code(row.reaction), row.remedy]),
    );
  });

  it("about attempts that fail", () => {
    expect(table("Failed")).toEqual(
      FAILURE_ROWS.map((row) => [
        code(row.code),
        (row.only ?? []).map((one) => code(one)).join(", "),
        code(row.reaction),
        row.remedy,
      ]),
    );
  });

  it("about what each reaction is", () => {
    expect(table("What the node does then")).toEqual(
      Object.entries(REACTION_TEXTS).map(([name, text]) => [code(name), text]),
    );
  });
});

it("what is said about times is what they are", () => {
  const text = REACTION_TEXTS["wait-as-told"];
  const seconds = (ms: number): string => String(ms / 1000);
  const minutes = (ms: number): string => String(ms / 60_000);
  const [least, most] = LINK_DELAYS.startupWait;
  const [short, long] = LINK_DELAYS.lockoutWait;
  expect(text.match(/[\d.]+|ten/gu)).toEqual([
    seconds(least),
    seconds(most),
    "ten",
    seconds(LINK_DELAYS.longestBusyWait),
    seconds(short),
    minutes(long),
    minutes(LINK_DELAYS.fixable),
  ]);
  expect(PATIENT_TRIES).toBe(10);
});

describe("the table", () => {
  it.each(CONNECT_ERROR_CODES)("has a row of its own for %s", (detail) => {
    expect(refusalRow(detail)?.code).toBe(detail);
  });

  it("has a row for whatever can fail before the Gateway answers", () => {
    // What is found out before an attempt, what the Gateway answers itself, and what is said about requests.
    const elsewhere = new Set([
      "bad-endpoint",
      "insecure-endpoint",
      "bad-fingerprint",
      "bad-identity",
      "refused",
      "aborted",
      "request-failed",
      "request-timeout",
      "busy",
    ]);
    const inTable = new Set<string>(FAILURE_ROWS.map((row) => row.code));
    expect(CONNECTION_ERROR_CODES.filter((one) => !inTable.has(one))).toEqual(
      CONNECTION_ERROR_CODES.filter((one) => elsewhere.has(one)),
    );
  });

  it("has no row that an earlier one hides", () => {
    const keys = CLOSE_ROWS.map((row) => `${row.code} ${row.reason ?? ""}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const [at, row] of CLOSE_ROWS.entries())
      expect(CLOSE_ROWS.slice(0, at).some((one) => one.code === row.code && one.reason === undefined)).toBe(
        false,
      );
    const codes = REFUSAL_ROWS.map((row) => row.code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
