import { existsSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { utimes } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, describe, expect, it, vi } from "vitest";

import { tempDirs } from "../files/place.test.support.ts";
import { browserProxyLimits } from "../limits.ts";
import { emptyScratch, ScratchWatch } from "./scratch.ts";
import { writeMedia } from "./write-media.ts";

const fresh = tempDirs();

afterEach(() => {
  vi.useRealTimers();
});

describe("scratch", () => {
  it("is emptied, and a link there is removed instead of what it leads to", async () => {
    const [dir, other] = [fresh(), fresh()];
    writeFileSync(join(other, "kept"), "x");
    symlinkSync(other, join(dir, "scratch"));
    expect(await emptyScratch(join(dir, "scratch"))).toBe(true);
    writeFileSync(join(dir, "scratch", "left"), "x");
    expect(await emptyScratch(join(dir, "scratch"))).toBe(true);
    expect(readdirSync(join(dir, "scratch"))).toEqual([]);
    expect(existsSync(join(other, "kept"))).toBe(true);
  });

  it("a download that is larger than all may be is told once it is seen", async () => {
    const dir = fresh();
    let onFull: (isFull: boolean) => void = () => undefined;
    const full = new Promise<boolean>((resolve) => (onFull = resolve));
    const watch = new ScratchWatch(dir, () => {
      onFull(true);
    });
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    watch.during(full);
    writeFileSync(join(dir, "part"), "");
    truncateSync(join(dir, "part"), browserProxyLimits.scratchBytes + 1);
    vi.advanceTimersByTime(browserProxyLimits.scratchCheckMs);
    expect(await full).toBe(true);
    await expect.poll(() => vi.getTimerCount()).toBe(0);
  });
});

describe("writeMedia", () => {
  it("writes for the owner only, and forgets the oldest of ours", async () => {
    const dir = join(fresh(), "media");
    const first = await writeMedia(dir, Buffer.from("one"), "png");
    await utimes(first ?? "", 1, 1);
    writeFileSync(join(dir, "holiday.png"), "not ours");
    const name = (index: number): string => `00000000-0000-0000-0000-${String(index).padStart(12, "0")}.png`;
    for (let index = 1; index < browserProxyLimits.mediaFiles; index += 1)
      writeFileSync(join(dir, name(index)), "x");
    const last = await writeMedia(dir, Buffer.from("two"), "pdf");
    expect(existsSync(first ?? "")).toBe(false);
    expect(existsSync(last ?? "")).toBe(true);
    expect(readdirSync(dir)).toHaveLength(browserProxyLimits.mediaFiles + 1);
    expect(existsSync(join(dir, "holiday.png"))).toBe(true);
  });

  it("does not write through a link", async () => {
    const [dir, other] = [fresh(), fresh()];
    mkdirSync(join(other, "target"));
    symlinkSync(join(other, "target"), join(dir, "media"));
    expect(await writeMedia(join(dir, "media"), Buffer.from("x"), "png")).toBeUndefined();
  });
});
