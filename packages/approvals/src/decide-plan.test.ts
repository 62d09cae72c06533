import { statSync, writeFileSync } from "node:fs";
import type { RunPlan } from "@openclaw/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recheckBindings } from "./bindings.ts";
import type { LoadedPolicy } from "./policy/document.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";
import type { RunRequest } from "./request.ts";

let scene: Scene;
let listed: LoadedPolicy;
const full = policyOf([], { security: "full", ask: "off" });
const dash = "/usr/bin/dash";

function planOf(request: RunRequest, policy: LoadedPolicy = listed): RunPlan {
  const decision = scene.decide(request, policy);
  if (decision.outcome !== "allow") throw new Error(JSON.stringify(decision));
  return decision.plan;
}

beforeAll(() => {
  scene = makeScene();
  for (const name of ["a", "b", "rustup", "python3"]) scene.program(`bin/${name}`);
  scene.link("rustup", "bin/cargo");
  listed = policyOf([`${scene.bin}/*`, `${scene.cwd}/run.sh`]);
});
afterAll(() => {
  scene.remove();
});

describe("what runs is what was judged", () => {
  test("argv: the real file, under the name that was typed", () => {
    const plan = planOf(scene.request(["cargo", "x y"]));
    expect(plan).toMatchObject({
      executable: `${scene.bin}/rustup`,
      argv: ["cargo", "x y"],
      cwd: scene.cwd,
      commandText: 'cargo "x y"',
    });
  });

  test("text of one program: no shell at all", () => {
    const plan = planOf(scene.text("a 'b c' \"d\""));
    expect(plan).toMatchObject({
      executable: `${scene.bin}/a`,
      argv: ["a", "b c", "d"],
      commandText: "a 'b c' \"d\"",
    });
  });

  test("a chain: rebuilt, absolute, never a login shell", () => {
    const { executable, argv } = planOf(scene.text("a 'it''s' \"it's\" && cargo|b;true"));
    expect(executable).toBe(dash);
    expect(argv).toEqual([
      dash,
      "-c",
      `'${scene.bin}/a' 'its' 'it'\\''s' && '${scene.bin}/cargo' | '${scene.bin}/b'; 'true'`,
    ]);
  });

  test("a wrapper keeps its effect, env without effect is left out", () => {
    expect(
      planOf(scene.request(["nice", "-n", "5", "env", "timeout", "-k", "1s", "5", "a", "b"])),
    ).toMatchObject({
      executable: "/usr/bin/nice",
      argv: ["nice", "-n", "5", "/usr/bin/timeout", "-k", "1s", "5", `${scene.bin}/a`, "b"],
    });
    const inner = planOf(scene.request(["timeout", "5", "sh", "-c", "a; b"]));
    expect(inner.argv).toEqual(["timeout", "5", dash, "-c", `'${scene.bin}/a'; '${scene.bin}/b'`]);
    expect(planOf(scene.text("nohup sh -c 'a x' | b")).argv[2]).toBe(
      `'/usr/bin/nohup' '${scene.bin}/a' 'x' | '${scene.bin}/b'`,
    );
  });

  test("a leading cd becomes the working directory", () => {
    const request = scene.text(`cd ../bin && a`);
    const plan = planOf({ ...request, env: { ...request.env, PWD: scene.cwd } });
    expect(plan).toMatchObject({ executable: `${scene.bin}/a`, cwd: scene.bin, env: { PWD: scene.bin } });
    expect(plan.bindings[0]).toMatchObject({ path: scene.bin, size: 0, mtimeMs: 0 });
    // Relative programs and generated entries mean the new directory.
    expect(planOf(scene.text(`cd ${scene.bin} && ./a`)).executable).toBe(`${scene.bin}/a`);
  });

  test("a shell script runs by its real path", () => {
    scene.program("work/run.sh", "#!/usr/bin/env bash\n:\n");
    expect(planOf(scene.request(["sh", "-e", "run.sh", "x"]))).toMatchObject({
      executable: dash,
      argv: ["sh", "-e", `${scene.cwd}/run.sh`, "x"],
    });
    scene.program("work/run.py", "#!/usr/bin/python3\n");
    expect(scene.decide(scene.request(["sh", "run.py"]), policyOf([`${scene.cwd}/*`])).outcome).toBe("ask");
  });

  test("security full runs as given", () => {
    expect(planOf(scene.text("a > f; $X"), full)).toMatchObject({
      executable: dash,
      argv: ["/bin/sh", "-lc", "a > f; $X"],
    });
    expect(planOf(scene.request(["no-such"]), full)).toMatchObject({ executable: `${scene.bin}/no-such` });
    expect(planOf(scene.request(["./no-such"]), full)).toMatchObject({
      executable: `${scene.cwd}/./no-such`,
    });
    const missing = planOf(scene.request(["a"], { cwd: "/no/such/place" }), full);
    expect(missing).toMatchObject({ executable: `${scene.bin}/a`, cwd: "/no/such/place" });
  });

  test("security full with deny entries runs the parse that they were held against", () => {
    const policy = policyOf([], { security: "full", ask: "off" }, { deny: ["rm"] });
    expect(planOf(scene.text("a && b"), policy).argv[1]).toBe("-c");
    expect(planOf(scene.text("a x"), policy).executable).toBe(`${scene.bin}/a`);
  });
});

describe("the plan is bound to what was seen", () => {
  test("programs, script and directory, each once", () => {
    writeFileSync(`${scene.cwd}/x.py`, "1\n");
    const { bindings } = planOf(scene.text("python3 x.py && a | a"));
    expect(bindings.map(({ path }) => path)).toEqual([
      scene.cwd,
      dash,
      `${scene.bin}/python3`,
      `${scene.cwd}/x.py`,
      `${scene.bin}/a`,
    ]);
    const stats = statSync(`${scene.bin}/a`);
    expect(bindings.at(-1)).toEqual({
      path: `${scene.bin}/a`,
      dev: stats.dev,
      ino: stats.ino,
      size: stats.size,
      mtimeMs: stats.mtimeMs,
      ctimeMs: stats.ctimeMs,
    });
  });

  test("a change before the start is found", () => {
    const plan = planOf(scene.request(["b"]));
    expect(recheckBindings(plan, scene.facts)).toEqual({ ok: true });
    writeFileSync(`${scene.cwd}/new-file`, "");
    expect(recheckBindings(plan, scene.facts)).toEqual({ ok: true });
    writeFileSync(`${scene.bin}/b`, "#!/bin/sh\necho changed\n");
    expect(recheckBindings(plan, scene.facts)).toEqual({
      ok: false,
      path: `${scene.bin}/b`,
      what: "changed",
    });
    const gone = { bindings: [{ path: "/no/such", dev: 1, ino: 1, size: 1, mtimeMs: 1, ctimeMs: 1 }] };
    expect(recheckBindings(gone, scene.facts)).toEqual({ ok: false, path: "/no/such", what: "missing" });
  });
});
