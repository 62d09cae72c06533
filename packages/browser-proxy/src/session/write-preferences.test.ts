import { mkdirSync, readFileSync, symlinkSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { initialPreferences } from "../browser/browser-profile.ts";
import { tempDirs } from "../files/place.test.support.ts";
import { writePreferences } from "./write-preferences.ts";

const fresh = tempDirs();
const profile = { name: "openclaw", color: "#FF4500" };
const ours = initialPreferences(profile);

function read(dir: string): unknown {
  return JSON.parse(readFileSync(join(dir, "Default/Preferences"), "utf8"));
}

describe("writePreferences", () => {
  it("begins with ours", async () => {
    const dir = fresh();
    expect(await writePreferences(dir, profile)).toBe(true);
    expect(read(dir)).toEqual(ours);
  });

  it("wins over what the browser or anybody wrote, and keeps the rest", async () => {
    const dir = fresh();
    mkdirSync(join(dir, "Default"));
    const present = {
      policy: { url_blocklist: [], url_allowlist: ["*"], more: 1 },
      webrtc: "all",
      bookmarks: { shown: true },
    };
    writeFileSync(join(dir, "Default/Preferences"), JSON.stringify(present));
    writeFileSync(join(dir, "Default/Secure Preferences"), "{}");
    expect(await writePreferences(dir, profile)).toBe(true);
    expect(read(dir)).toMatchObject({ ...ours, bookmarks: { shown: true } });
    expect(existsSync(join(dir, "Default/Secure Preferences"))).toBe(false);
  });

  it("is not stopped by any file that stands there", async () => {
    const dir = fresh();
    mkdirSync(join(dir, "Default"));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
        writeFileSync(join(dir, "Default/Preferences"), text);
        expect(await writePreferences(dir, profile)).toBe(true);
        expect(read(dir)).toMatchObject(ours);
      }),
      { numRuns: 50 },
    );
  });

  it("replaces a link, and does not go through one", async () => {
    const [dir, other] = [fresh(), fresh()];
    mkdirSync(join(dir, "Default"));
    writeFileSync(join(other, "target"), "{}");
    symlinkSync(join(other, "target"), join(dir, "Default/Preferences"));
    expect(await writePreferences(dir, profile)).toBe(true);
    expect(readFileSync(join(other, "target"), "utf8")).toBe("{}");
    const linked = fresh();
    symlinkSync(other, join(linked, "Default"));
    expect(await writePreferences(linked, profile)).toBe(false);
  });
});
