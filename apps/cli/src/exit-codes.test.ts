import { readFileSync } from "node:fs";
import { StoreError, type StoreErrorCode } from "@openclaw/config-store";
import {
  CONNECTION_ERROR_CODES,
  ConnectionError,
  type ConnectionErrorCode,
} from "@openclaw/gateway-connection";
import { describe, expect, it } from "vitest";
import { CLI_ERROR_CODES, CliError, type CliErrorCode } from "./errors.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";

/** The closed union as its source says it; a type alone leaves nothing to loop over. */
const STORE_ERROR_CODES = [
  ...(
    /StoreErrorCode =([^;]+);/u.exec(
      readFileSync(new URL("../../../packages/config-store/src/errors.ts", import.meta.url), "utf8"),
    )?.[1] ?? ""
  ).matchAll(/"([a-z0-9-]+)"/gu),
].map((match) => match[1] as StoreErrorCode);

const CLI: Readonly<Record<(typeof CLI_ERROR_CODES)[number], number>> = {
  usage: 2,
  "bad-option": 2,
  "bad-node-file": 78,
  "foreign-state": 78,
  "bad-state-dir": 78,
  "no-directory": 1,
  "no-credential": 78,
  "no-gateway": 78,
  "bad-pairing-code": 2,
  "pairing-code-refused": 1,
  "pairing-required": 1,
  "gateway-refused": 1,
  "not-supported": 1,
  "gateway-stopped-us": 78,
  "gateway-not-started": 1,
  "unknown-node": 1,
  "ambiguous-node": 1,
  "unknown-request": 1,
  "node-offline": 1,
  "node-refused": 1,
  "not-approved": 1,
  "bad-answer": 1,
  "policy-changed": 1,
  "policy-malformed": 78,
  "local-only": 1,
  "no-editor": 1,
  "editor-failed": 1,
  "not-running": 1,
  "unknown-run": 1,
  "run-active": 1,
  "host-failed": 1,
  "drain-timeout": 1,
  "demo-failed": 1,
};
/** What passes by itself; a supervisor may try again. */
const PASSING_STORE = ["host-running", "lock-timeout", "disk-full", "write-failed"];
const CONFIGURATION_CONNECTION = [
  "bad-endpoint",
  "insecure-endpoint",
  "bad-fingerprint",
  "bad-ca-file",
  "bad-proxy",
  "bad-header",
  "bad-identity",
];

/** The last column of the table in docs/error-codes.md that begins with this heading, by code. */
function documentedExits(heading: string): Map<string, number> {
  const page = readFileSync(new URL("../../../docs/error-codes.md", import.meta.url), "utf8");
  const section = page.split(/^## /mu).find((text) => text.startsWith(heading)) ?? "";
  const rows = section.matchAll(/^\| *`?([^`| ]+)`? *\|.*\| *(\d+) *\|$/gmu);
  return new Map([...rows].map((row) => [row[1] ?? "", Number(row[2])]));
}

describe("docs/error-codes.md", () => {
  it.each([
    ["`CliErrorCode`", CLI_ERROR_CODES, (code: string) => new CliError(code as CliErrorCode, "x")],
    ["`StoreErrorCode`", STORE_ERROR_CODES, (code: string) => new StoreError(code as StoreErrorCode, "x")],
    [
      "`CONNECTION_ERROR_CODES`",
      CONNECTION_ERROR_CODES,
      (code: string) => new ConnectionError(code as ConnectionErrorCode, "x"),
    ],
  ] as const)("says with what %s ends a command", (heading, codes, make) => {
    const expected = new Map(codes.map((code) => [code as string, exitCodeOf(make(code))]));
    expect(documentedExits(heading)).toEqual(expected);
  });

  it("names every exit code", () => {
    const page = readFileSync(new URL("../../../docs/error-codes.md", import.meta.url), "utf8");
    const section = page.split(/^## /mu).find((text) => text.startsWith("Exit codes")) ?? "";
    const told = [...section.matchAll(/^\| *(\d+) *\|/gmu)].map((row) => Number(row[1]));
    expect(told).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
  });
});

describe("exitCodeOf", () => {
  it.each(CLI_ERROR_CODES)("CliError %s", (code) => {
    expect(exitCodeOf(new CliError(code, "x"))).toBe(CLI[code]);
  });

  it("finds the codes of the store", () => {
    expect(STORE_ERROR_CODES.length).toBeGreaterThan(10);
  });

  it.each(STORE_ERROR_CODES)("StoreError %s", (code) => {
    expect(exitCodeOf(new StoreError(code, "x"))).toBe(PASSING_STORE.includes(code) ? 1 : 78);
  });

  it.each(CONNECTION_ERROR_CODES)("ConnectionError %s", (code) => {
    expect(exitCodeOf(new ConnectionError(code, "x"))).toBe(CONFIGURATION_CONNECTION.includes(code) ? 78 : 1);
  });

  it.each([new Error("x"), new TypeError("x"), "text", undefined, null])("anything else: %s", (error) => {
    expect(exitCodeOf(error)).toBe(1);
  });
});
