import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { scratchDir } from "../host/scratch.test.support.ts";
import { followLog } from "./follow-log.ts";
import { identityAt } from "./log-files.ts";

function follow(
  path: string,
  next: number,
): { take: (count: number) => Promise<string[]>; stop: () => void } {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const position = { identity: identityAt(path), next };
  const lines = followLog(path, position, { signal: stop.signal, everyMs: 2 });
  return {
    stop: () => stop.abort(),
    take: async (count) => {
      const taken: string[] = [];
      while (taken.length < count) {
        const { value, done } = await lines.next();
        if (done === true) break;
        taken.push(value);
      }
      return taken;
    },
  };
}

it("gives whole lines as they come, from where the reader stands", async () => {
  const path = join(scratchDir(), "a");
  writeFileSync(path, "old\nnew\nhal");
  const { take, stop } = follow(path, 4);
  expect(await take(1)).toEqual(["new"]);
  const later = take(2);
  appendFileSync(path, "f\nnext\n");
  expect(await later).toEqual(["half", "next"]);
  stop();
  expect(await take(1)).toEqual([]);
});

it("loses nothing when the file is rotated, and goes on when it is emptied or removed", async () => {
  const path = join(scratchDir(), "a");
  const { take } = follow(path, 0);
  const first = take(1);
  writeFileSync(path, "one\n");
  expect(await first).toEqual(["one"]);
  appendFileSync(path, "two\n");
  renameSync(path, `${path}.1`);
  writeFileSync(path, "three\n");
  appendFileSync(`${path}.1`, "");
  expect(await take(2)).toEqual(["two", "three"]);
  truncateSync(path);
  const afterEmptied = take(1);
  // Longer than what was there would look like more of the same.
  appendFileSync(path, "4\n");
  expect(await afterEmptied).toEqual(["4"]);
  rmSync(path);
  const afterRemoved = take(1);
  writeFileSync(`${path}.new`, "five\n");
  renameSync(`${path}.new`, path);
  expect(await afterRemoved).toEqual(["five"]);
});
