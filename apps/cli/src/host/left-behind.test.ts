import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { KeptRuns } from "../runs/kept-runs.ts";
import { createRecord } from "../runs/run-record.ts";
import { LeftBehind, type LeftBehindOptions } from "./left-behind.ts";
import { linesLog, scratchDir } from "./scratch.test.support.ts";

function scene(kind: LeftBehindOptions["containment"]["kind"], runs: number) {
  const stateDir = scratchDir();
  const runsDir = join(stateDir, "runs");
  mkdirSync(runsDir);
  for (let index = 0; index < runs; index += 1)
    createRecord(runsDir, `r-${index}`, {
      version: 1,
      runId: `r-${index}`,
      command: "sleep",
      startedAt: 1,
      hostPid: process.pid,
    });
  const lines: string[] = [];
  const log = linesLog(lines);
  const kept = new KeptRuns({ directory: runsDir, onProblem: (problem) => log.warn(problem) });
  const paths = { stateDir, runsDir, auditFile: join(stateDir, "exec-audit.jsonl") };
  return { left: new LeftBehind({ deviceId: "d", paths, kept, containment: { kind }, log }), lines };
}

it.each(["process-group", "taskkill"] as const)(
  "a system with no more than a %s says that nobody can look, when something was cut off",
  async (kind) => {
    const { left, lines } = scene(kind, 2);
    left.begin();
    left.connected();
    await left.close();
    expect(lines).toEqual([
      "warn: 2 runs were cut off when this host ended the last time: openclaw node runs list",
      "warn: cannot look for programs of theirs that go on: this system does not show whose they are",
    ]);
    const quiet = scene(kind, 0);
    quiet.left.begin();
    await quiet.left.close();
    expect(quiet.lines).toEqual([]);
  },
);

it("a mark says whose it is, comes once, and is a plain name whatever the invoke is called", () => {
  const { marks } = scene("process-tree", 0).left;
  const made = ["0f-1_a", "../x", "a".repeat(1000), "", "ü", "0f-1_a"].map(marks.next);
  for (const mark of made) expect(mark).toMatch(/^[0-9a-f]{16}-[0-9a-f]{12}-\d\.[\w-]{1,64}$/u);
  expect(new Set(made).size).toBe(made.length);
  expect(made.every((mark) => mark.startsWith(marks.ours) && marks.ours.startsWith(marks.owner))).toBe(true);
  expect(made[0]).toMatch(/-1\.0f-1_a$/u);
  expect(scene("process-tree", 0).left.marks.owner).not.toBe(marks.owner);
});
