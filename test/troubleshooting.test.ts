import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), "utf8");
const PAGE = read("docs/troubleshooting.md");

/** The program is no library that could be referred to. */
async function source<T>(name: string): Promise<T> {
  return (await import(new URL(`../${name}`, import.meta.url).href)) as T;
}

/** The rows of the table with this head, cells without their code marks. */
function tableOf(page: string, head: readonly string[]): string[][] {
  const lines = page.split("\n");
  const at = lines.findIndex((line) => cells(line).join("|") === head.join("|"));
  expect(at, `a table with the head ${head.join(", ")}`).toBeGreaterThan(-1);
  const rows = lines.slice(at + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map(cells);
}

function cells(line: string): string[] {
  const inside = line.split("|").slice(1, -1);
  return inside.map((cell, index) => (index > 1 ? cell.trim() : cell.trim().replaceAll("`", "")));
}

interface Stage {
  readonly stage: string;
  readonly exitCode: number;
  readonly means: string;
  readonly remedy: string;
}

describe("docs/troubleshooting.md", () => {
  it("has every stage of a node, with its exit code", async () => {
    const { NODE_STAGES } = await source<{ NODE_STAGES: readonly Stage[] }>(
      "apps/cli/src/service/node-stages.ts",
    );
    const { READINESS_STATES } = await source<{ READINESS_STATES: readonly string[] }>(
      "apps/cli/src/health/readiness.ts",
    );
    expect(tableOf(PAGE, ["stage", "exit code", "what it means", "what to do"])).toEqual(
      NODE_STAGES.map(({ stage, exitCode, means, remedy }) => [stage, String(exitCode), means, remedy]),
    );
    const codes = NODE_STAGES.map(({ exitCode }) => exitCode);
    expect(new Set(codes).size).toBe(codes.length);
    // What these mean is the same for every command.
    for (const taken of [1, 2, 78]) expect(codes).not.toContain(taken);
    expect(NODE_STAGES.map(({ stage }) => stage).toSorted()).toEqual(
      [...READINESS_STATES, "no-host"].toSorted(),
    );
  });

  it("has every rung of doctor, in order", async () => {
    const { DOCTOR_RUNGS } = await source<{
      DOCTOR_RUNGS: readonly { readonly id: string; readonly looksAt: string }[];
    }>("apps/cli/src/service/doctor-rungs.ts");
    expect(tableOf(PAGE, ["rung", "looks at"]).map(([id]) => id)).toEqual(DOCTOR_RUNGS.map(({ id }) => id));
    for (const { looksAt } of DOCTOR_RUNGS) expect(PAGE).toContain(` | ${looksAt} |`);
  });

  it("has everything that doctor knows by name", async () => {
    const { FINDINGS } = await source<{
      FINDINGS: Readonly<
        Record<string, { readonly rung: string; readonly means: string; readonly remedy: string }>
      >;
    }>("apps/cli/src/service/doctor-findings.ts");
    expect(tableOf(PAGE, ["code", "rung", "what it means", "what to do"])).toEqual(
      Object.entries(FINDINGS).map(([code, { rung, means, remedy }]) => [code, rung, means, remedy]),
    );
  });
});

describe("docs/connecting.md", () => {
  it("has every state of the link, in order", async () => {
    const { LINK_STATE_NAMES } = await source<{ LINK_STATE_NAMES: readonly string[] }>(
      "packages/gateway-connection/src/link-state.ts",
    );
    const rows = tableOf(read("docs/connecting.md"), ["state", "what it means", "what comes next"]);
    expect(rows.map(([state]) => state)).toEqual([...LINK_STATE_NAMES]);
  });
});
