import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/error-codes.md"), "utf8");

/** Where the closed lists of codes are; the page has one section for each. */
const LISTS: Readonly<Record<string, string>> = {
  CliErrorCode: "apps/cli/src/errors.ts",
  StoreErrorCode: "packages/config-store/src/errors.ts",
  CONNECTION_ERROR_CODES: "packages/gateway-connection/src/errors.ts",
  CONNECT_ERROR_CODES: "packages/protocol/src/errors.ts",
  WIRE_ERROR_CODES: "packages/protocol/src/errors.ts",
  DenyReason: "packages/approvals/src/decision.ts",
  AskReason: "packages/approvals/src/decision.ts",
  AllowReason: "packages/approvals/src/decision.ts",
  InvalidReason: "packages/approvals/src/decision.ts",
  PolicyEditCode: "packages/approvals/src/policy/edit.ts",
  LINT_CODES: "packages/approvals/src/lint/finding.ts",
  EXEC_DENIED_REASONS: "packages/protocol/src/node-events.ts",
  EXECUTION_ERROR_CODES: "packages/executor/src/errors.ts",
  ProtocolErrorCode: "packages/protocol/src/errors.ts",
  DevGatewayErrorCode: "packages/dev-gateway/src/errors.ts",
  ServiceErrorCode: "packages/service-installer/src/errors.ts",
  BrowserProxyErrorCode: "packages/browser-proxy/src/errors.ts",
};

/** The rows of the one table of a section, without its head; cells as they are written. */
function tableOf(heading: RegExp): string[][] {
  const section = PAGE.split(/^## /mu).find((text) => heading.test(text.split("\n")[0] ?? ""));
  if (section === undefined) throw new Error(`no section ${String(heading)}`);
  return section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const bare = (cell: string | undefined): string => (cell ?? "").replaceAll("`", "");

/** The members of a union or of a list that is named so in a file. */
function membersOf(name: string, file: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const list =
    new RegExp(`(?:type|const) ${name}\\b[^=]*=([^;]+);`, "u").exec(text)?.[1] ??
    // A type that is made from a list beside it.
    "";
  const made = /\(typeof ([A-Z_]+)\)\[number\]/u.exec(list)?.[1];
  if (made !== undefined) return membersOf(made, file);
  return [...list.matchAll(/"([^"]+)"/gu)].map((match) => match[1] ?? "");
}

function shipped(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith(".ts") && !/\.test\.|test\.support/u.test(entry.name),
    )
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => file.includes("/src/") && !file.includes("node_modules"));
}

describe("docs/error-codes.md", () => {
  it.each(Object.entries(LISTS))("lists exactly the codes of %s", (name, file) => {
    const codes = membersOf(name, file);
    expect(codes.length).toBeGreaterThan(1);
    const told = tableOf(new RegExp(`^\`${name}\` of `, "u")).map(([code]) => bare(code));
    expect(told.toSorted()).toEqual(codes.toSorted());
  });

  it("knows every list of codes", () => {
    const named = [...shipped("packages"), ...shipped("apps")].flatMap((file) =>
      [
        ...readFileSync(join(ROOT, file), "utf8").matchAll(
          /export (?:type (\w+(?:ErrorCode|EditCode)|(?:Deny|Ask|Allow|Invalid)Reason)|const ([A-Z_]+_(?:CODES|REASONS)))\b/gu,
        ),
      ].map((match) => `${match[1] ?? match[2] ?? ""} ${file}`),
    );
    const known = new Set(Object.entries(LISTS).map(([name, file]) => `${name} ${file}`));
    const doubles = [
      "ConnectionErrorCode",
      "ConnectErrorCode",
      "WireErrorCode",
      "ExecDeniedReason",
      "ExecutionErrorCode",
      "CLI_ERROR_CODES",
    ];
    expect(named.filter((name) => !known.has(name) && !doubles.includes(name.split(" ")[0] ?? ""))).toEqual(
      [],
    );
  });

  it("explains every code", () => {
    const empty = Object.keys(LISTS).flatMap((name) =>
      tableOf(new RegExp(`^\`${name}\` of `, "u")).filter((cells) => cells.length < 2 || cells.includes("")),
    );
    expect(empty).toEqual([]);
  });
});

describe("texts of refused runs", () => {
  const texts = tableOf(/^Texts of refused runs/u).map(([text]) => bare(text));
  const sources = ["packages/approvals", "packages/executor", "apps/cli"].flatMap((folder) =>
    shipped(folder),
  );
  const code = sources.map((file) => readFileSync(join(ROOT, file), "utf8")).join("\n");

  it("are all there", () => {
    const used = [
      ...code.matchAll(/["`]((?:SYSTEM_RUN_D|PERMISSION_M)[A-Z_]+: [^"`$(]*(?:\(no [^)]*\))?)/gu),
    ].map((match) => (match[1] ?? "").trim());
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((text) => !text.endsWith(":") && !texts.includes(text))).toEqual([]);
  });

  it.each(texts)("%s comes from the code", (text) => {
    expect(code.includes(text)).toBe(true);
  });

  it("fit their reasons", () => {
    const refusals = readFileSync(join(ROOT, "packages/approvals/src/refusal.ts"), "utf8");
    for (const [reason, , text] of tableOf(/^`DenyReason` of /u)) {
      const written = new RegExp(`"${bare(reason)}": \\[\\s*"([^"]+)"`, "u").exec(refusals)?.[1];
      expect(`${bare(reason)}: ${bare(text)}`).toBe(`${bare(reason)}: ${written ?? ""}`);
    }
  });
});
