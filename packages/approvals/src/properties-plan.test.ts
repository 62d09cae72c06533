import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Decision } from "./decision.ts";
import type { LoadedPolicy } from "./policy/document.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";
import { STUBS } from "./testing/shell-lab.test.support.ts";
import { shellTexts } from "./testing/shell-text.test.support.ts";

let scene: Scene;
let listed: LoadedPolicy;
beforeAll(() => {
  scene = makeScene();
  for (const name of STUBS) scene.program(`bin/${name}`);
  listed = policyOf([`${scene.bin}/*`]);
});
afterAll(() => {
  scene.remove();
});

/** Real path and arguments of every program, in their order. */
const programsOf = (decision: Decision): unknown =>
  decision.view?.segments
    .filter(({ resolved }) => resolved !== undefined)
    .map(({ resolved, typed }) => [resolved, ...typed.slice(1)]);

describe("what will run is what was judged", () => {
  test("one program gets the arguments of the request, unit for unit", () => {
    const words = fc.array(
      fc.string({ unit: "binary", maxLength: 8 }).filter((text) => !/[\0\p{Surrogate}]/u.test(text)),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...STUBS), words, (name, args) => {
        const decision = scene.decide(scene.request([name, ...args]), listed);
        if (decision.outcome !== "allow") return;
        const { executable, argv, cwd } = decision.plan;
        expect([executable, ...argv.slice(1)]).toEqual([`${scene.bin}/${name}`, ...args]);
        expect(cwd).toBe(scene.cwd);
      }),
      { numRuns: 500 },
    );
  });

  test("the plan of a text, asked for as a request, is judged as the text was, and plans itself", () => {
    let allowed = 0;
    fc.assert(
      fc.property(shellTexts, (text) => {
        const decision = scene.decide(scene.request(["/bin/sh", "-c", text]), listed);
        if (decision.outcome !== "allow") return;
        allowed += 1;
        const { executable, argv, cwd } = decision.plan;
        const again = scene.decide(scene.request([executable, ...argv.slice(1)], { cwd }), listed);
        expect(again.outcome).toBe("allow");
        expect(programsOf(again)).toEqual(programsOf(decision));
        if (again.outcome !== "allow") return;
        expect([again.plan.executable, ...again.plan.argv.slice(1)]).toEqual([executable, ...argv.slice(1)]);
      }),
      { numRuns: 1000 },
    );
    expect(allowed).toBeGreaterThan(200);
  });
});
