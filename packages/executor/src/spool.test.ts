import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { FileSpool, type FileSpoolOptions } from "./file-spool.ts";
import { isAlive, memoryInUse, openDescriptors, script, tempDir } from "./run.test.support.ts";
import type { RunReport } from "./run-result.ts";
import type { RunSpool } from "./spool.ts";
import { startRun } from "./start-run.ts";

const dir = tempDir();
let serial = 0;

async function spooled(
  text: string,
  rest: Partial<FileSpoolOptions> = {},
): Promise<{ readonly result: RunReport; readonly file: (name: "stdout" | "stderr") => Buffer }> {
  const spool = new FileSpool({ directory: dir, name: `run-${(serial += 1)}`, ...rest });
  const result = await startRun(script(text), { spool, outputBytes: 100 }).result;
  return { result, file: (name) => readFileSync(spool.paths[name]) };
}

describe("a spool of files", () => {
  it("keeps every byte of both streams", async () => {
    const { result, file } = await spooled("seq 1 200000; printf '\\377\\0' >&2; seq 5 >&2");
    expect(result.spool).toEqual({
      complete: true,
      writtenBytes: result.seenBytes,
      reason: undefined,
      message: undefined,
    });
    expect(result.truncated).toBe(true);
    expect(file("stdout").toString()).toBe(Array.from({ length: 200_000 }, (_, n) => `${n + 1}\n`).join(""));
    expect(file("stderr")).toEqual(Buffer.from("\xff\x001\n2\n3\n4\n5\n", "latin1"));
    expect(statSync(join(dir, `run-${serial}.stdout`)).mode & 0o777).toBe(0o600);
  });

  it("pauses the program, not our memory", async () => {
    await spooled("head -c 20000000 /dev/zero");
    const before = { memory: memoryInUse(), open: openDescriptors() };
    const { result, file } = await spooled("head -c 200000000 /dev/zero");
    expect(result.spool?.complete).toBe(true);
    expect(statSync(join(dir, `run-${serial}.stdout`)).size).toBe(200_000_000);
    expect(memoryInUse() - before.memory).toBeLessThan(10_000_000);
    expect(file("stdout").subarray(0, 3)).toEqual(Buffer.alloc(3));
    expect(openDescriptors()).toBeLessThanOrEqual(before.open);
  });

  it("can be read while it grows", async () => {
    const go = join(dir, "go");
    const spool = new FileSpool({ directory: dir, name: "live" });
    const handle = startRun(script(`echo first; while [ ! -e ${go} ]; do sleep 0.02; done; echo second`), {
      spool,
    });
    await expect
      .poll(() => existsSync(spool.paths.stdout) && readFileSync(spool.paths.stdout, "utf8"))
      .toBe("first\n");
    mkdirSync(go);
    await handle.result;
    expect(readFileSync(spool.paths.stdout, "utf8")).toBe("first\nsecond\n");
  });

  it("ends at its quota, which runs can share, and the run goes on", async () => {
    const { result, file } = await spooled("seq 1 100000; echo done >&2", { maxBytes: 1000 });
    expect(result).toMatchObject({ exitCode: 0, success: true });
    expect(result.spool).toMatchObject({
      complete: false,
      reason: "quota",
      writtenBytes: { stdout: 1000, stderr: 0 },
    });
    expect(file("stdout")).toHaveLength(1000);
    let left = 1500;
    const quota = {
      take: (bytes: number): number => {
        const given = Math.min(bytes, left);
        left -= given;
        return given;
      },
    };
    expect((await spooled("head -c 1200 /dev/zero", { quota })).result.spool?.complete).toBe(true);
    const second = await spooled("head -c 1200 /dev/zero", { quota });
    expect(second.result.spool).toMatchObject({ reason: "quota", writtenBytes: { stdout: 300 } });
  });

  it("makes no file for output that is held, and can be told to", async () => {
    const held = await spooled("echo short", { holdBytes: 1000 });
    expect(held.result.spool?.complete).toBe(true);
    expect(existsSync(join(dir, `run-${serial}.stdout`))).toBe(false);
    const long = await spooled("seq 1 1000", { holdBytes: 1000 });
    expect(long.file("stdout")).toHaveLength(3893);
    const told = new FileSpool({ directory: dir, name: "told", holdBytes: 1000 });
    expect(told.write("stdout", Buffer.from("early"))).toBe(true);
    told.release();
    expect(told.write("stdout", Buffer.from(" late"))).toBe(true);
    await told.close();
    expect(readFileSync(told.paths.stdout, "utf8")).toBe("early late");
  });

  it("follows no link and overwrites nothing", async () => {
    for (const kind of ["link", "file"]) {
      const target = join(dir, `${kind}-target`);
      const path = join(dir, `${kind}.stdout`);
      if (kind === "link") symlinkSync(target, path);
      else execFileSync("touch", [path]);
      const { result } = await spooled("echo x", { name: kind });
      expect(result).toMatchObject({ exitCode: 0, stdout: "x\n" });
      expect(result.spool).toMatchObject({
        complete: false,
        reason: "failed",
        message: expect.stringMatching(/EEXIST/u),
      });
      expect(existsSync(target)).toBe(false);
    }
  });

  it("holds what is written in the order in which it came", async () => {
    const part = fc.tuple(
      fc.constantFrom("stdout" as const, "stderr" as const),
      fc.uint8Array({ maxLength: 50 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 20 }), fc.nat(100), async (parts, holdBytes) => {
        const spool = new FileSpool({ directory: dir, name: `order-${(serial += 1)}`, holdBytes });
        for (const [stream, bytes] of parts) await spool.write(stream, Buffer.from(bytes));
        spool.release();
        await spool.close();
        for (const stream of ["stdout", "stderr"] as const) {
          const whole = Buffer.concat(parts.filter(([of]) => of === stream).map(([, bytes]) => bytes));
          expect(spool.written[stream]).toBe(whole.length);
          if (whole.length > 0) expect(readFileSync(spool.paths[stream])).toEqual(whole);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe.runIf(process.getuid?.() === 0)("a full disk", () => {
  const small = join(dir, "small");
  mkdirSync(small);
  execFileSync("/bin/mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", small]);
  afterAll(() => execFileSync("/bin/umount", [small]));

  it("ends the spool and not the run", async () => {
    const { result, file } = await spooled("head -c 3000000 /dev/zero; echo end", { directory: small });
    expect(result).toMatchObject({ exitCode: 0, success: true, outputBytes: 3_000_004 });
    expect(result.stdout.endsWith("end\n")).toBe(true);
    expect(result.spool).toMatchObject({
      complete: false,
      reason: "no-space",
      message: expect.stringMatching(/ENOSPC/u),
    });
    expect(file("stdout")).toHaveLength(result.spool?.writtenBytes.stdout ?? 0);
  });
});

describe("a spool", () => {
  const spoolOf = (write: RunSpool["write"], close: RunSpool["close"] = async () => undefined): RunSpool => ({
    write,
    close,
    written: { stdout: 0, stderr: 0 },
  });

  it("that throws, refuses or rejects does not end the run", async () => {
    const broken = new Error("broken");
    for (const [spool, reason] of [
      [
        spoolOf(() => {
          throw broken;
        }),
        "failed",
      ],
      [spoolOf(async () => await Promise.reject(broken)), "failed"],
      [
        spoolOf(
          () => true,
          async () => await Promise.reject(broken),
        ),
        "failed",
      ],
      [spoolOf(async () => false), "quota"],
      [spoolOf(() => false), "quota"],
      [spoolOf(() => true), "quota"],
    ] as const) {
      const result = await startRun(script("seq 1 50000; exit 3"), { spool }).result;
      expect(result).toMatchObject({ exitCode: 3, outputBytes: 288_894 });
      expect(result.spool).toMatchObject({ complete: false, reason });
    }
  });

  it("that is slow is given one piece after the other", async () => {
    let [waiting, most, bytes] = [0, 0, 0];
    const spool = spoolOf(async (_stream, chunk) => {
      most = Math.max(most, (waiting += 1));
      bytes += chunk.length;
      await setImmediate();
      waiting -= 1;
      return true;
    });
    await startRun(script("head -c 20000000 /dev/zero"), { spool }).result;
    // One more than one, because the runtime lets the pipes flow when the program has ended.
    expect(most).toBeLessThanOrEqual(2);
    expect(bytes).toBe(20_000_000);
  });

  it("that never answers is given up, and silence that it causes is not the program's", async () => {
    const spool = spoolOf(async () => await new Promise<boolean>(() => undefined));
    const options = { spool, spoolStallMs: 700, idleTimeoutMs: 300 };
    const result = await startRun(script("seq 1 50000; exit 3"), options).result;
    expect(result).toMatchObject({ exitCode: 3, timedOut: false, outputBytes: 288_894 });
    expect(result.spool).toMatchObject({ complete: false, reason: "stalled" });
  });

  it("that holds the program does not hold its end", async () => {
    const spool = spoolOf(async () => await new Promise<boolean>(() => undefined));
    const result = await startRun(script("yes"), {
      spool,
      spoolStallMs: 1500,
      timeoutMs: 300,
      killGraceMs: 100,
    }).result;
    expect(result).toMatchObject({ exitCode: 124, timedOut: true });
    expect(isAlive(result.spool === undefined ? process.pid : 0)).toBe(false);
  });

  it("is closed also when nothing was started", async () => {
    let closed = 0;
    const spool = spoolOf(
      () => true,
      async () => void (closed += 1),
    );
    const result = await startRun(script("exit 0"), { spool, signal: AbortSignal.abort() }).result;
    expect([closed, result.spool?.complete]).toEqual([1, true]);
  });
});
