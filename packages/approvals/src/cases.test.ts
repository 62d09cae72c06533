import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EntryJson } from "./policy/document.ts";
import { grantAlways } from "./policy/grant.ts";
import { loadPolicy } from "./policy/load.ts";
import { BY_DESIGN, NOT_OURS, STRICTER, TESTED_BESIDE } from "./testing/case-differences.test.support.ts";
import { makeCaseWorld, type CaseWorld } from "./testing/case-world.test.support.ts";
import { runCase, type RecordedCase } from "./testing/run-case.test.support.ts";

const cases = JSON.parse(
  readFileSync(new URL("./fixtures/approvals-cases.json", import.meta.url), "utf8"),
) as RecordedCase[];

const isJudged = ({ topic, id }: RecordedCase): boolean =>
  ![...TESTED_BESIDE, ...NOT_OURS].some(({ applies }) => applies.test(`${topic}:${id}`));

const judged = cases.filter(isJudged);

describe("recorded cases of the newest release", () => {
  let world: CaseWorld;
  beforeAll(() => {
    world = makeCaseWorld();
  });
  afterAll(() => {
    world.remove();
  });

  test("the tables account for every case", () => {
    const ids = new Set(cases.map(({ id }) => id));
    expect([...STRICTER.keys(), ...BY_DESIGN.keys()].filter((id) => !ids.has(id))).toEqual([]);
    const count = (tables: readonly { readonly applies: RegExp }[]): number =>
      cases.filter(({ topic, id }) => tables.some(({ applies }) => applies.test(`${topic}:${id}`))).length;
    expect({
      all: cases.length,
      judged: judged.length,
      beside: count(TESTED_BESIDE),
      notOurs: count(NOT_OURS),
      stricter: STRICTER.size,
      byDesign: BY_DESIGN.size,
    }).toEqual({ all: 344, judged: 283, beside: 57, notOurs: 4, stricter: 29, byDesign: 6 });
    for (const { file } of TESTED_BESIDE) {
      expect(existsSync(new URL(file, import.meta.url)), file).toBe(true);
    }
  });

  test.each(judged.map((recorded) => [recorded.id, recorded] as const))("%s", (id, recorded) => {
    const result = runCase(recorded, world);
    const { expected } = recorded;
    const difference = STRICTER.get(id) ?? BY_DESIGN.get(id);
    const wanted = expected.outcome === "allow" ? "" : (expected.message ?? expected.reason);
    const text = result.outcome === "allow" ? "" : result.text;
    // A difference that is none any more has to leave its table.
    const agrees = result.outcome === expected.outcome && text === wanted;
    expect({ agrees, outcome: result.outcome, text }).toEqual({
      agrees: difference === undefined,
      outcome: difference?.outcome ?? expected.outcome,
      text: difference === undefined ? wanted : text,
    });
  });

  test("the matched entries are the recorded ones", () => {
    for (const recorded of judged) {
      const { decision } = runCase(recorded, world);
      const wanted = [recorded.expected.matchedPattern ?? []].flat().map((pattern) => world.fill(pattern));
      if (wanted.length === 0 || decision?.outcome !== "allow") continue;
      expect(
        decision.uses.map(({ pattern }) => pattern),
        recorded.id,
      ).toEqual(wanted);
    }
  });

  test("what allow always saves is what was recorded", () => {
    const saving = judged.filter(({ expected }) => expected["allowlistAfter"] !== undefined);
    expect(saving).toHaveLength(5);
    for (const recorded of saving) {
      const { decision } = runCase(recorded, world);
      if (decision?.outcome !== "allow") throw new Error(recorded.id);
      const policy = loadPolicy(JSON.stringify({ version: 1, ...(recorded.policy as object) }));
      const saved = decision.grant && grantAlways(policy, decision.grant, { now: 1 });
      const after =
        saved?.ok === true && saved.policy.kind === "ok" ? saved.policy.json.agents?.["main"]?.allowlist : [];
      const shown = after?.map(({ pattern, argPattern, source }) => ({ pattern, argPattern, source }));
      const wanted = [recorded.expected["allowlistAfter"]]
        .flat()
        .filter((entry) => entry !== 0) as EntryJson[];
      const plain = wanted.map(({ pattern, argPattern, source }) => ({ pattern, argPattern, source }));
      expect(masked(shown), recorded.id).toEqual(masked(JSON.parse(world.fill(JSON.stringify(plain)))));
    }
  });

  test("prepared plans are the recorded ones", () => {
    const prepared = judged.filter(
      ({ topic, id, expected }) =>
        topic === "prepare" && !BY_DESIGN.has(id) && expected.payload !== undefined,
    );
    expect(prepared).toHaveLength(5);
    for (const recorded of prepared) {
      const wanted = world.fill(JSON.stringify(recorded.expected.payload));
      expect(preparedFields(runCase(recorded, world).text)).toEqual(preparedFields(wanted));
    }
  });
});

function masked(value: unknown): unknown {
  const text = JSON.stringify(value);
  return JSON.parse(
    text
      .replaceAll(/(sha256:cwd-argv:v1:)[0-9a-f]{64}/gu, "$1<hex>")
      .replaceAll(/=node-command:[0-9a-f]{16}/gu, "=node-command:<16 hex>"),
  );
}

/**
 * What a prepare has to agree in. Recorded as root, where every program counts as writable
 * and is bound as an operand.
 */
function preparedFields(text: string): unknown {
  const { plan, execPolicy, allowAlwaysCoverage } = JSON.parse(
    text.replaceAll(/(sha256:cwd-argv:v1:)[0-9a-f]{64}/gu, "$1<hex>"),
  ) as {
    plan: { mutableFileOperand?: { argvIndex: number; sha256: string } };
    execPolicy: unknown;
    allowAlwaysCoverage: unknown;
  };
  const { mutableFileOperand: operand, ...rest } = plan;
  const script = operand === undefined || operand.argvIndex === 0 ? undefined : { ...operand, sha256: "" };
  return { plan: rest, script, execPolicy, allowAlwaysCoverage };
}
