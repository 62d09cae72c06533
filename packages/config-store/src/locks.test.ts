import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { acquireHostLock } from "./host-lock.ts";
import { contendForLock } from "./lock-file.ts";
import { readLock } from "./lock-record.ts";
import { identifyProcess, isAlive } from "./process-identity.ts";
import { tempDirs } from "./temp-dir.test.support.ts";
import { updateStateFile } from "./update-state-file.ts";

const freshDir = tempDirs();
const children: ChildProcess[] = [];
let dir = "";
let lockFile = "";
beforeEach(() => {
  dir = freshDir();
  lockFile = join(dir, "host.lock");
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(ended));
});

interface Said {
  readonly held?: number;
  readonly done?: number;
  readonly code?: string;
  readonly message?: string;
}

/** Starts a worker and waits for its first word. */
async function worker(...args: readonly string[]): Promise<{ child: ChildProcess; said: Said }> {
  const program = fileURLToPath(new URL("lock-worker.test.support.ts", import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const [line]: unknown[] = await once(createInterface({ input: child.stdout }), "line");
  return { child, said: JSON.parse(String(line)) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

function noLinks(): void {
  throw Object.assign(new Error("no links here"), { code: "EPERM" });
}

describe("the host lock", () => {
  test("is refused while a process holds it, by name, and free after its release", async () => {
    const lock = await acquireHostLock(lockFile, { describe: "node host" });
    expect(statSync(lockFile).mode & 0o777).toBe(0o600);
    await expect(acquireHostLock(lockFile)).rejects.toMatchObject({
      code: "host-running",
      details: { pid: process.pid, path: lockFile },
      message: expect.stringMatching(
        /^a node host is already running on this state directory as process \d+ /,
      ),
    });
    await lock.release();
    await lock.release();
    {
      await using again = await acquireHostLock(lockFile);
      expect(again.lockFile).toBe(lockFile);
    }
    expect(readdirSync(dir)).toEqual([]);
  });

  test("another process is named; after a kill -9 the lock is taken over", async () => {
    const first = await worker("hold", lockFile);
    const pid = first.said.held;
    expect(pid).toBe(first.child.pid);
    await expect(acquireHostLock(lockFile)).rejects.toMatchObject({
      code: "host-running",
      details: { pid },
    });
    await ended(first.child);
    const lock = await acquireHostLock(lockFile);
    expect(readdirSync(dir)).toEqual(["host.lock"]);
    await lock.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  test("of eight processes that find a dead lock, one wins, and nothing else is left there", async () => {
    writeFileSync(lockFile, JSON.stringify({ pid: process.pid, startedAt: "earlier", nonce: "dead" }), {
      mode: 0o600,
    });
    const workers = await Promise.all(Array.from({ length: 8 }, () => worker("hold", lockFile)));
    const winners = workers.filter(({ said }) => said.held !== undefined);
    expect(winners).toHaveLength(1);
    const codes = workers.map(({ said }) => said.code).filter((code) => code !== undefined);
    expect(codes).toEqual(Array.from({ length: 7 }, () => "host-running"));
    expect(readdirSync(dir)).toEqual(["host.lock"]);
  });

  test("a claim left by a process that died during a takeover does not block", async () => {
    const dead = JSON.stringify({ pid: process.pid, startedAt: "earlier", nonce: "dead" });
    writeFileSync(lockFile, dead, { mode: 0o600 });
    writeFileSync(`${lockFile}.${readLock(lockFile)?.key}`, dead, { mode: 0o600 });
    const lock = await acquireHostLock(lockFile);
    expect(readdirSync(dir)).toEqual(["host.lock"]);
    await lock.release();
  });

  test("a slow contender does not replace a lock that another one has taken over meanwhile", async () => {
    const dead = JSON.stringify({ pid: process.pid, startedAt: "earlier", nonce: "dead" });
    writeFileSync(lockFile, dead, { mode: 0o600 });
    const slow = contendForLock(lockFile);
    const seen = readLock(lockFile)?.key ?? "";
    const lock = await acquireHostLock(lockFile);
    const living = readFileSync(lockFile, "utf8");
    expect(slow.takeOver(seen)).toEqual({ kind: "retry" });
    expect(readFileSync(lockFile, "utf8")).toBe(living);
    await lock.release();
    expect(slow.takeOver(seen)).toEqual({ kind: "retry" });
    expect(readdirSync(dir)).toEqual([]);
  });

  test("a claim that a living contender holds is respected", () => {
    const dead = JSON.stringify({ pid: process.pid, startedAt: "earlier", nonce: "dead" });
    writeFileSync(lockFile, dead, { mode: 0o600 });
    const claim = contendForLock(`${lockFile}.${readLock(lockFile)?.key}`).attempt();
    expect(claim.kind).toBe("held");
    expect(contendForLock(lockFile).attempt()).toEqual({ kind: "retry" });
    expect(readFileSync(lockFile, "utf8")).toBe(dead);
  });

  test("a living lock that was taken by force is not removed by its earlier holder", async () => {
    const lock = await acquireHostLock(lockFile);
    const other = JSON.stringify({ pid: process.pid, nonce: "other" });
    writeFileSync(lockFile, other);
    await lock.release();
    expect(readFileSync(lockFile, "utf8")).toBe(other);
  });

  test.each(["", "what?", "null", '{"pid":-1,"nonce":"a"}', '{"pid":1}'])(
    "a lock file that holds %j is respected for a while, then taken over",
    (text) => {
      writeFileSync(lockFile, text, { mode: 0o600 });
      let now = 1_000;
      const contender = contendForLock(lockFile, { now: () => now });
      expect(contender.attempt().kind).toBe("retry");
      now += 1_999;
      expect(contender.attempt().kind).toBe("retry");
      now += 1;
      const attempt = contender.attempt();
      expect(attempt.kind).toBe("held");
      expect(readFileSync(lockFile, "utf8")).toContain(`"pid":${process.pid}`);
    },
  );

  test("works on a disk without hard links", () => {
    const first = contendForLock(lockFile, { link: noLinks }).attempt();
    expect(first.kind).toBe("held");
    expect(statSync(lockFile).mode & 0o777).toBe(0o600);
    expect(contendForLock(lockFile, { link: noLinks }).attempt()).toMatchObject({
      kind: "busy",
      holder: { pid: process.pid },
    });
    expect(readdirSync(dir)).toEqual(["host.lock"]);
  });

  test("a link in its place is refused", async () => {
    symlinkSync(join(dir, "elsewhere"), lockFile);
    await expect(acquireHostLock(lockFile)).rejects.toMatchObject({ code: "symlink" });
  });
});

function stat(pid: number | undefined): string {
  return readFileSync(`/proc/${pid}/stat`, "utf8");
}

describe("process identity", () => {
  test("the same id with another start is not the same process", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: "pipe" });
    await once(child, "spawn");
    children.push(child);
    const identity = identifyProcess(child.pid);
    expect(isAlive(identity)).toBe(true);
    expect(isAlive({ ...identity, startedAt: undefined })).toBe(true);
    await ended(child);
    expect(isAlive(identity)).toBe(false);
    expect(isAlive({ ...identity, startedAt: undefined })).toBe(false);
  });

  test.runIf(process.platform === "linux")("a recycled id and a zombie are not alive", async () => {
    expect(isAlive({ ...identifyProcess(), startedAt: "boot:1" })).toBe(false);
    // The shell turns into a program that never collects the child it has, which stays as a zombie when it ends.
    const child = spawn("/bin/sh", ["-c", "(read x <&3) & echo $!; exec sleep 600"], {
      stdio: ["ignore", "pipe", "inherit", "pipe"],
    });
    children.push(child);
    const output = child.stdout ?? process.stdin;
    const [line]: unknown[] = await once(createInterface({ input: output }), "line");
    const pid = Number(line);
    await expect.poll(() => stat(child.pid), { interval: 5 }).toMatch(/\(sleep\) /);
    expect(isAlive(identifyProcess(pid))).toBe(true);
    child.stdio[3]?.destroy();
    await expect.poll(() => stat(pid), { interval: 5 }).toMatch(/\) Z /);
    expect(isAlive(identifyProcess(pid))).toBe(false);
  });
});

describe("updating", () => {
  test("gives the old text, writes the new one, says what it wrote", async () => {
    const file = join(dir, "sub", "node.json");
    const seen: (string | undefined)[] = [];
    const change = (text: string | undefined) => {
      seen.push(text);
      return text === undefined ? "one" : undefined;
    };
    expect(await updateStateFile(file, change)).toBe("one");
    expect(await updateStateFile(file, change)).toBeUndefined();
    expect(seen).toEqual([undefined, "one"]);
    expect(readdirSync(join(dir, "sub"))).toEqual(["node.json"]);
  });

  test("an error in the change comes through, changes nothing and frees the lock", async () => {
    const file = join(dir, "node.json");
    await updateStateFile(file, () => "one");
    const failing = updateStateFile(file, () => {
      throw new RangeError("mine");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await updateStateFile(file, (text) => `${text} two`)).toBe("one two");
  });

  test("no update of two processes and of this one is lost", async () => {
    const file = join(dir, "count");
    const others = [worker("count", file, "60"), worker("count", file, "60")];
    const own = Array.from({ length: 30 }, () =>
      updateStateFile(file, (text) => String(Number(text ?? "0") + 1), { lockWaitMs: 60_000 }),
    );
    const written = await Promise.all(own);
    await Promise.all(others);
    expect(new Set(written).size).toBe(30);
    expect(readFileSync(file, "utf8")).toBe("150");
    expect(readdirSync(dir)).toEqual(["count"]);
  });

  test("the wait for a living writer is bounded and names it", async () => {
    const file = join(dir, "node.json");
    const holder = await worker("hold", `${file}.lock`);
    await expect(updateStateFile(file, () => "x", { lockWaitMs: 30 })).rejects.toMatchObject({
      code: "lock-timeout",
      details: { pid: holder.child.pid },
    });
    await ended(holder.child);
    expect(await updateStateFile(file, () => "x", { lockWaitMs: 30 })).toBe("x");
  });

  test("a file that may not be believed is not changed", async () => {
    const file = join(dir, "node.json");
    writeFileSync(file, "{}");
    chmodSync(file, 0o666);
    await expect(updateStateFile(file, () => "x")).rejects.toMatchObject({
      code: "writable-by-others",
    });
    expect(readFileSync(file, "utf8")).toBe("{}");
  });
});
