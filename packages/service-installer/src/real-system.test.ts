import * as fs from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

import { parseAccount, realServiceSystem } from "./real-system.ts";
import { UndoLog } from "./undo-log.ts";

const base = fs.mkdtempSync(join(tmpdir(), "real-system-"));
afterAll(() => {
  fs.rmSync(base, { recursive: true, force: true });
});
const system = realServiceSystem();
const timeoutMs = 20_000;

test("commands: output, exit code, absent, too slow, too loud", async () => {
  expect(
    await system.run(["sh", "-c", "echo a; echo b >&2; echo $LC_ALL$X; exit 3"], {
      timeoutMs,
      env: { X: "y" },
    }),
  ).toEqual({
    kind: "exited",
    code: 3,
    stdout: "a\nCy\n",
    stderr: "b\n",
  });
  expect(await system.run([join(base, "absent")], { timeoutMs })).toEqual({ kind: "missing" });
  expect(await system.run(["sleep", "60"], { timeoutMs: 50 })).toEqual({ kind: "timed-out" });
  expect(await system.run(["sh", "-c", "yes | head -c 9000000"], { timeoutMs })).toMatchObject({
    kind: "broken",
  });
  expect(await system.run(["sh", "-c", "kill -9 $$"], { timeoutMs })).toMatchObject({ kind: "broken" });
  expect(await system.run(["cat"], { timeoutMs })).toMatchObject({ code: 0 });
  expect(await system.run(["true"], { timeoutMs, detached: true })).toMatchObject({ code: 0 });
});

test("files: replaced at once with the exact mode, a link is replaced and not followed", () => {
  const path = join(base, "file");
  const other = join(base, "other");
  fs.writeFileSync(other, "other");
  fs.symlinkSync(other, path);
  system.writeFile(path, Buffer.from("new"), 0o640);
  expect(fs.readFileSync(other, "utf8")).toBe("other");
  expect(fs.lstatSync(path).mode & 0o7777).toBe(0o640);
  expect(system.readFile(path)?.toString()).toBe("new");
  expect(fs.readdirSync(base).toSorted()).toEqual(["file", "other"]);
  expect(() => system.writeFile(join(base, "no/where"), Buffer.from(""), 0o600)).toThrow(/ENOENT/u);
  expect(() => system.readFile(base)).toThrow(/not a file/u);
  fs.writeFileSync(other, "x".repeat(600 * 1024));
  expect(() => system.readFile(other)).toThrow(/too large/u);
  expect(system.readFile(join(base, "absent"))).toBeUndefined();
});

test("what was done is undone in reverse", () => {
  const undo = new UndoLog();
  const old = join(base, "old");
  fs.writeFileSync(old, "before", { mode: 0o644 });
  const made = join(base, "a/b/c");
  undo.made(system.makeDirectory(made, 0o700));
  expect(fs.statSync(join(base, "a")).mode & 0o7777).toBe(0o700);
  for (const path of [join(made, "new"), old]) {
    undo.changing(system, path);
    system.writeFile(path, Buffer.from("after"), 0o600);
  }
  expect(undo.rollBack(system)).toEqual([]);
  expect(fs.existsSync(join(base, "a"))).toBe(false);
  expect(fs.readFileSync(old, "utf8")).toBe("before");
  expect(fs.statSync(old).mode & 0o7777).toBe(0o644);
});

test("accounts", async () => {
  const { username, uid } = userInfo();
  expect(await system.account(username)).toMatchObject({ name: username, uid });
  expect(await system.account("no-such-account-here")).toBeUndefined();
  expect(await system.account("--help")).toBeUndefined();
  const mac = {
    kind: "exited",
    code: 0,
    stderr: "",
    stdout: "ann:*:501:20::0:0:Ann:/Users/ann:/bin/zsh\n",
  } as const;
  expect(parseAccount(mac, "ann")).toEqual({ name: "ann", uid: 501, gid: 20, home: "/Users/ann" });
});
