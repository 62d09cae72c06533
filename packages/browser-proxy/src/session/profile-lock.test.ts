import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { tempDirs } from "../files/place.test.support.ts";
import { isAlive, killBrowser } from "./end-process.ts";
import { freeUserDataDir } from "./profile-lock.ts";

const fresh = tempDirs();

function locked(owner: string): string {
  const dir = fresh();
  symlinkSync(owner, join(dir, "SingletonLock"));
  symlinkSync("/nowhere", join(dir, "SingletonSocket"));
  return dir;
}

describe("the lock of a user data directory", () => {
  it.each(["another-machine-1", `${hostname()}-4194999`, "nonsense", `${hostname()}-0`, `${hostname()}-x`])(
    "of a browser that is dead is taken away: %s",
    async (owner) => {
      const dir = locked(owner);
      expect(await freeUserDataDir(dir, 0)).toBe(true);
      for (const name of ["SingletonLock", "SingletonSocket"])
        expect(lstatSync(join(dir, name), { throwIfNoEntry: false })).toBeUndefined();
    },
  );

  it("takes the socket's directory away with it, unless it is no such directory or holds more", async () => {
    const [own, full, other] = ["org.chromium.Chromium.Ab12Cd", "com.google.Chrome.Ab12Cd", "photos"].map(
      (name) => {
        const dir = join(fresh(), name);
        mkdirSync(dir);
        writeFileSync(join(dir, "SingletonSocket"), "");
        return dir;
      },
    );
    writeFileSync(join(full ?? "", "more"), "");
    for (const directory of [own, full, other]) {
      const dir = fresh();
      symlinkSync("another-machine-1", join(dir, "SingletonLock"));
      symlinkSync(join(directory ?? "", "SingletonSocket"), join(dir, "SingletonSocket"));
      expect(await freeUserDataDir(dir, 0)).toBe(true);
    }
    expect([own, full, other].map((directory) => existsSync(directory ?? ""))).toEqual([false, true, true]);
    expect(readdirSync(other ?? "")).toEqual(["SingletonSocket"]);
  });

  it("of a browser that lives stays", async () => {
    const dir = locked(`${hostname()}-${String(process.pid)}`);
    expect(await freeUserDataDir(dir, 0)).toBe(false);
    expect(lstatSync(join(dir, "SingletonLock")).isSymbolicLink()).toBe(true);
    expect(await freeUserDataDir(fresh(), 0)).toBe(true);
  });
});

describe("killBrowser", () => {
  it("ends the whole group, a process that ignores requests included", async () => {
    const script = "trap '' TERM INT; (trap '' TERM INT; sleep 600) & echo $!; wait";
    const child = spawn("/bin/sh", ["-c", script], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
    const [first] = (await once(child.stdout, "data")) as [Buffer];
    const helper = Number(first.toString());
    expect(isAlive(helper)).toBe(true);
    expect(await killBrowser(child.pid ?? 0)).toBe(true);
    // One that nobody has collected yet is dead all the same.
    const line = (): string =>
      spawnSync("ps", ["-o", "stat=", "-p", String(helper)], { encoding: "utf8" }).stdout;
    await expect.poll(line).toMatch(/^(?:Z.*)?\s*$/);
  });
});
