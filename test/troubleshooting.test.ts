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

/** The rows of the table with this head, as written. */
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
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

const code = (text: string): string => `\`${text}\``;

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
      NODE_STAGES.map(({ stage, exitCode, means, remedy }) => [code(stage), String(exitCode), means, remedy]),
    );
    const codes = NODE_STAGES.map(({ exitCode }) => exitCode);
    expect(new Set(codes).size).toBe(codes.length);
    // What these mean is the same for every command.
    for (const taken of [1, 2, 78]) expect(codes).not.toContain(taken);
    expect(NODE_STAGES.map(({ stage }) => stage).toSorted()).toEqual(
      [...READINESS_STATES, "no-host"].toSorted(),
    );
  });

  it("says which stage is told where several hold", async () => {
    const { readinessOf } = await source<{ readinessOf: (facts: object) => { readonly state: string } }>(
      "apps/cli/src/health/readiness.ts",
    );
    const facts = {
      link: { phase: "ready", state: "draining" },
      surface: { stage: "rejected" },
      policy: "malformed",
      paused: {},
    };
    const told = [readinessOf(facts).state];
    // One trouble after the other is mended, the one that was told each time.
    for (const mended of [
      { link: { phase: "ready", state: "ready" } },
      { surface: { stage: "pending", requestId: "r" } },
      { surface: { stage: "approved" } },
      { policy: "ok" },
    ]) {
      Object.assign(facts, mended);
      told.push(readinessOf(facts).state);
    }
    const [, order = ""] = /all that is not connected\),([^.]*)\./u.exec(PAGE) ?? [];
    expect([...order.matchAll(/`([a-z-]+)`/gu)].map(([, name]) => name)).toEqual(told);
    for (const phase of ["waiting", "stopped", "connecting"]) {
      const { state } = readinessOf({ ...facts, link: { phase } });
      expect(state).toBe(phase);
    }
  });

  it("has every rung of doctor, in order", async () => {
    const { DOCTOR_RUNGS } = await source<{
      DOCTOR_RUNGS: readonly { readonly id: string; readonly looksAt: string }[];
    }>("apps/cli/src/service/doctor-rungs.ts");
    expect(tableOf(PAGE, ["rung", "looks at"])).toEqual(
      DOCTOR_RUNGS.map(({ id, looksAt }) => [code(id), looksAt]),
    );
  });

  it("has everything that doctor knows by name", async () => {
    const { FINDINGS } = await source<{
      FINDINGS: Readonly<
        Record<string, { readonly rung: string; readonly means: string; readonly remedy: string }>
      >;
    }>("apps/cli/src/service/doctor-findings.ts");
    expect(tableOf(PAGE, ["code", "rung", "what it means", "what to do"])).toEqual(
      Object.entries(FINDINGS).map(([name, { rung, means, remedy }]) => [
        code(name),
        code(rung),
        means,
        remedy,
      ]),
    );
  });
});

describe("docs/connecting.md", () => {
  it("has every state of the link, in order", async () => {
    const { LINK_STATE_NAMES, LINK_STATE_TEXTS } = await source<{
      LINK_STATE_NAMES: readonly string[];
      LINK_STATE_TEXTS: Readonly<Record<string, { readonly means: string; readonly next: string }>>;
    }>("packages/gateway-connection/src/link-state.ts");
    const rows = tableOf(read("docs/connecting.md"), ["state", "what it means", "what comes next"]);
    expect(rows).toEqual(
      Object.entries(LINK_STATE_TEXTS).map(([state, { means, next }]) => [code(state), means, next]),
    );
    expect(Object.keys(LINK_STATE_TEXTS)).toEqual([...LINK_STATE_NAMES]);
  });
});
