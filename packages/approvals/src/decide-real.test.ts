import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decide } from "./decide.ts";
import { loadPolicy } from "./policy/load.ts";
import { nodeFacts } from "./testing/node-facts.test.support.ts";
import { makeShellLab, type ShellLab } from "./testing/shell-lab.test.support.ts";

let lab: ShellLab;
beforeAll(() => {
  lab = makeShellLab();
  for (const name of ["nice", "nohup", "timeout", "stdbuf", "env", "sh"]) {
    symlinkSync(`/usr/bin/${name}`, join(lab.bin, name));
  }
  mkdirSync(join(lab.cwd, "sub"));
});
afterAll(() => {
  lab.remove();
});

test.each([
  "cd sub && ok here && tool there",
  "cd sub && ok only",
  "cd ./sub && no a || tool b; ok c",
  "cd sub && sh -c 'ok a; tool b'",
  "nice -n 3 ok a | tool b",
  "timeout -k 1 5 nohup sh -c 'no a || tool \"b c\"'",
  "stdbuf -oL env ok 'a  b'",
  "sh -c 'ok a; no b' || tool b",
])("the plan does what the shell does: %s", async (text) => {
  const policy = loadPolicy(
    JSON.stringify({ version: 1, agents: { main: { allowlist: [`${lab.bin}/*`] } } }),
  );
  const facts = nodeFacts({ home: lab.cwd, hostCwd: lab.cwd, pathEnv: lab.bin });
  const argv = ["/bin/sh", "-c", text];
  const request = { argv, env: {}, approved: false, needsScreenRecording: false };
  const decision = decide(request, policy, facts);
  if (decision.outcome !== "allow") throw new Error(JSON.stringify(decision));
  const { executable, argv: planned, cwd } = decision.plan;
  const real = await lab.run("/bin/sh", argv);
  expect(real.length).toBeGreaterThan(0);
  expect(await lab.run(executable, planned, cwd)).toEqual(real);
});
