import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { LOG_FILE_LIMITS, LogFile, nodeLogFile, oldLogFiles, type LogFileOptions } from "./log-file.ts";
import { scratchDir } from "./scratch.test.support.ts";

interface Scene {
  readonly dir: string;
  readonly path: string;
  readonly problems: string[];
  now: number;
  readonly open: (options?: Partial<LogFileOptions>) => LogFile;
}

function scene(): Scene {
  const dir = join(scratchDir(), "logs");
  const made: Scene = {
    dir,
    path: nodeLogFile({ logsDir: dir }),
    problems: [],
    now: 0,
    open: (options) => {
      const file = new LogFile(made.path, {
        onProblem: (problem) => made.problems.push(problem),
        now: () => made.now,
        ...options,
      });
      onTestFinished(() => file.close());
      return file;
    },
  };
  return made;
}

const lines = (path: string): string[] => readFileSync(path, "utf8").trimEnd().split("\n");

describe("LogFile", () => {
  it("is for its owner only, and goes on after a restart", () => {
    const { dir, path, open } = scene();
    open().write('{"a":1}');
    open().write('{"a":2}');
    expect(lines(path)).toEqual(['{"a":1}', '{"a":2}']);
    expect([statSync(dir).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it("keeps so many files of that size, the newest lines in them", () => {
    const { dir, path, open } = scene();
    const file = open({ rotateBytes: 100 });
    for (let n = 0; n < 60; n += 1) file.write(`{"n":${String(n).padStart(3, "0")}}`);
    const files = readdirSync(dir).toSorted();
    expect(files).toEqual(["node.log", ...oldLogFiles("node.log")]);
    for (const name of files) expect(statSync(join(dir, name)).size).toBeLessThanOrEqual(100);
    const all = [...oldLogFiles(path).toReversed(), path].flatMap(lines);
    expect(all.at(-1)).toBe('{"n":059}');
    expect(all).toHaveLength(10 * LOG_FILE_LIMITS.oldFiles + 10);
    expect(all).toEqual(all.toSorted());
  });

  it("begins anew when the file is removed", () => {
    const world = scene();
    const file = world.open();
    file.write('{"n":1}');
    rmSync(world.path);
    world.now += LOG_FILE_LIMITS.lookEveryMs;
    file.write('{"n":2}');
    expect(lines(world.path)).toEqual(['{"n":2}']);
  });

  it("loses nothing behind a line that was cut short", () => {
    const { path, open } = scene();
    open().write('{"n":1}');
    appendFileSync(path, '{"n":2,"mess');
    open().write('{"n":3}');
    expect(lines(path)).toEqual(['{"n":1}', '{"n":2,"mess', '{"n":3}']);
  });

  it("bounds a line, and it stays JSON", () => {
    const { path, open } = scene();
    open().write(JSON.stringify({ level: 30, time: "t", message: "\u{1f600}".repeat(20_000), more: "x" }));
    const [line = ""] = lines(path);
    expect(line.length).toBeLessThan(LOG_FILE_LIMITS.lineChars);
    expect(JSON.parse(line)).toMatchObject({
      level: 30,
      message: expect.stringMatching(/characters\)$/u) as string,
    });
  });

  it("says at most once a minute that lines are lost, and goes on when it can", () => {
    const world = scene();
    writeFileSync(world.dir, "in the way");
    const file = world.open();
    for (let n = 0; n < 5; n += 1) file.write("{}");
    expect(world.problems).toEqual([
      expect.stringMatching(/log directory .*; a line is not in it, and the node/u),
    ]);
    world.now += LOG_FILE_LIMITS.retryMs;
    file.write("{}");
    expect(world.problems[1]).toContain("5 lines are not in it");
    rmSync(world.dir);
    world.now += LOG_FILE_LIMITS.retryMs;
    file.write('{"back":true}');
    expect(lines(world.path)).toEqual(['{"back":true}']);
    expect(world.problems).toHaveLength(2);
  });

  it("follows no link", () => {
    const world = scene();
    const target = join(world.dir, "..", "target");
    mkdirSync(world.dir, { mode: 0o700 });
    symlinkSync(target, world.path);
    world.open().write("{}");
    expect([existsSync(target), world.problems.length]).toEqual([false, 1]);
  });
});
