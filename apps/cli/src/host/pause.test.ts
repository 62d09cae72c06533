import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { AuditRecord } from "./audit.ts";
import { NodePause } from "./pause.ts";
import { PAUSE_LIMITS, pauseFileOf, readPauseFile } from "./pause-file.ts";
import { linesLog, scratchDir } from "./scratch.test.support.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 23, 12);

/** A machine with a clock on the wall and one that nobody can set. */
class Machine {
  readonly path: string = pauseFileOf({ stateDir: scratchDir() });
  readonly lines: string[] = [];
  readonly audited: AuditRecord[] = [];
  wall: number = START;
  up: number = 5000;

  start(): NodePause {
    const pause = new NodePause({
      path: this.path,
      log: linesLog(this.lines),
      audit: { record: (record) => void this.audited.push(record) },
      now: () => this.wall,
      uptime: () => this.up,
    });
    onTestFinished(async () => await pause.close());
    return pause;
  }

  pass(ms: number): void {
    this.wall += ms;
    this.up += ms;
  }
}

describe("NodePause", () => {
  it("ends by itself, to the moment, and says so once", async () => {
    const machine = new Machine();
    const pause = machine.start();
    expect(pause.current()).toBeUndefined();
    expect(await pause.pause({ forMs: 2 * HOUR })).toEqual({
      since: START,
      until: START + 2 * HOUR,
      keep: false,
    });
    machine.pass(2 * HOUR - 1);
    expect(pause.current()).toMatchObject({ until: START + 2 * HOUR });
    machine.pass(1);
    expect([pause.current(), pause.current()]).toEqual([undefined, undefined]);
    expect(machine.audited).toEqual([
      { kind: "pause", outcome: "paused", by: "owner", until: "2026-11-23T14:00:00.000Z", keep: false },
      { kind: "pause", outcome: "resumed", by: "time" },
    ]);
    expect(machine.lines.filter((line) => line.includes("is over"))).toHaveLength(1);
  });

  it("ends without being asked", async () => {
    const machine = new Machine();
    const pause = machine.start();
    const over = new Promise<void>((resolve) => {
      machine.lines.push = (...lines) => {
        if (lines.some((line) => line.includes("is over"))) resolve();
        return 0;
      };
    });
    await pause.pause({ forMs: 5 });
    machine.up += 5;
    await over;
  });

  it("is neither longer nor shorter when the clock on the wall is set", async () => {
    const machine = new Machine();
    const pause = machine.start();
    await pause.pause({ forMs: HOUR });
    machine.wall += 365 * 24 * HOUR;
    expect(pause.current()).toMatchObject({ until: machine.wall + HOUR });
    machine.wall = START - 365 * 24 * HOUR;
    machine.pass(HOUR);
    expect(pause.current()).toBeUndefined();
  });

  it("without an end lasts until it is resumed", async () => {
    const machine = new Machine();
    const pause = machine.start();
    await pause.pause({});
    machine.pass(PAUSE_LIMITS.forMs * 2);
    expect(pause.current()).toEqual({ since: START, until: null, keep: false });
    expect([await pause.resume(), await pause.resume(), pause.current()]).toEqual([true, false, undefined]);
    expect(existsSync(machine.path)).toBe(false);
    expect(machine.start().current()).toBeUndefined();
  });

  it("kept, outlives the host with what is left of it", async () => {
    const machine = new Machine();
    await machine.start().pause({ forMs: 2 * HOUR, keep: true });
    expect(statSync(machine.path).mode & 0o777).toBe(0o600);
    machine.wall += HOUR;
    machine.up = 3;
    const next = machine.start();
    expect(next.current()).toEqual({ since: START, until: START + 2 * HOUR, keep: true });
    machine.pass(HOUR);
    expect(next.current()).toBeUndefined();
    await next.close();
    expect(existsSync(machine.path)).toBe(false);
  });

  it("kept, is never longer than it was meant to be", async () => {
    const machine = new Machine();
    await machine.start().pause({ forMs: HOUR, keep: true });
    machine.wall -= 24 * HOUR;
    const next = machine.start();
    machine.pass(HOUR - 1);
    expect(next.current()).toBeDefined();
    machine.pass(1);
    expect(next.current()).toBeUndefined();
  });

  it("kept, is over when its time went by without a host", async () => {
    const machine = new Machine();
    await machine.start().pause({ forMs: HOUR, keep: true });
    machine.wall += HOUR;
    expect(machine.start().current()).toBeUndefined();
    expect(existsSync(machine.path)).toBe(false);
  });

  it("is replaced by the next one, and its file with it", async () => {
    const machine = new Machine();
    const pause = machine.start();
    await Promise.all([pause.pause({ keep: true }), pause.pause({ forMs: HOUR })]);
    expect(pause.current()).toMatchObject({ keep: false });
    expect(existsSync(machine.path)).toBe(false);
  });

  it("holds, and says so, when it cannot be kept", async () => {
    const machine = new Machine();
    symlinkSync("/nowhere/else", machine.path);
    const pause = machine.start();
    await expect(pause.pause({ keep: true })).rejects.toThrow(/symbolic link/u);
    expect(pause.current()).toBeDefined();
  });

  it.each(["{", "[]", '{"version":2}', '{"version":1,"since":1,"until":"soon"}', "x".repeat(5000)])(
    "stays paused over a file that says `%.20s`",
    async (text) => {
      const machine = new Machine();
      writeFileSync(machine.path, text, { mode: 0o600 });
      const pause = machine.start();
      expect(pause.current()).toMatchObject({ until: null, keep: true });
      expect(machine.lines[0]).toMatch(/^warn: paused, because /u);
      await pause.resume();
      expect([pause.current(), existsSync(machine.path)]).toEqual([undefined, false]);
    },
  );

  it("reads any text without a throw", () => {
    const path = join(scratchDir(), "p");
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        writeFileSync(path, text);
        chmodSync(path, 0o600);
        expect(["kept", "broken"]).toContain(readPauseFile(path).kind);
        expect(readFileSync(path, "utf8")).toBe(Buffer.from(text).toString());
      }),
      { numRuns: 50 },
    );
  });
});
