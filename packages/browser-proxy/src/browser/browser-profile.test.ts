import { chmodSync, lstatSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { tempDirs } from "../files/place.test.support.ts";
import {
  initialPreferences,
  isProfileName,
  prepareUserDataDir,
  readBrowserProfiles,
  redactedUrl,
  userDataDir,
} from "./browser-profile.ts";

const fresh = tempDirs();

describe("browser profiles", () => {
  it("are the managed one and those of the configuration", () => {
    const entries = new Map([
      ["work", { color: "#0066cc" }],
      ["far", { cdpUrl: "http://user:pw@10.0.0.1:9222" }],
      ["user", { driver: "existing-session" }],
      ["chrome", { driver: "extension", cdpUrl: "http://127.0.0.1:1" }],
      ["../x", {}],
      ["odd", { color: "red" }],
    ]);
    expect(readBrowserProfiles(entries).map(({ name, way, color }) => `${name} ${way} ${color}`)).toEqual([
      "openclaw managed #FF4500",
      "work managed #0066CC",
      "far remote #FF4500",
      "user unsupported #FF4500",
      "chrome unsupported #FF4500",
      "odd managed #FF4500",
    ]);
  });

  it("have plain names only", () => {
    for (const name of ["a", "openclaw", "work-2", "9"]) expect(isProfileName(name)).toBe(true);
    for (const name of ["", "-a", "A", "a/b", "..", "a.b", "a b", "a\n", "ü", "x".repeat(65)])
      expect(isProfileName(name)).toBe(false);
    fc.assert(
      fc.property(fc.string(), (name) => {
        if (isProfileName(name)) expect(userDataDir("/s", name)).toBe(`/s/browser/${name}/user-data`);
        else expect(() => userDataDir("/s", name)).toThrow(TypeError);
      }),
    );
  });

  it("show no credentials of a remote browser", () => {
    expect(redactedUrl("wss://user:pw@host:9222/devtools/browser/1?token=x#y")).toBe(
      "wss://host:9222/devtools/browser/1",
    );
    expect(redactedUrl("http://10.0.0.1:9222/")).toBe("http://10.0.0.1:9222");
    expect(redactedUrl("nonsense pw")).toBeUndefined();
  });

  it("start with preferences that keep the color and close WebRTC", () => {
    expect(initialPreferences({ name: "work", color: "#0066CC" })).toMatchObject({
      profile: { name: "work" },
      browser: { theme: { user_color2: 0xff00_66cc | 0 } },
      webrtc: { ip_handling_policy: "disable_non_proxied_udp" },
      policy: { url_blocklist: expect.arrayContaining(["*", "file:*", "chrome:*", "view-source:*"]) },
    });
  });
});

describe("prepareUserDataDir", () => {
  it("makes directories for their owner only, and tightens ours", async () => {
    const state = fresh();
    mkdirSync(join(state, "browser/openclaw"), { recursive: true });
    chmodSync(join(state, "browser"), 0o777);
    expect(await prepareUserDataDir(state, "openclaw")).toBe(true);
    for (const path of ["browser", "browser/openclaw", "browser/openclaw/user-data"])
      expect(lstatSync(join(state, path)).mode & 0o777, path).toBe(0o700);
  });

  it("does not use a link", async () => {
    const state = fresh();
    mkdirSync(join(state, "browser"));
    symlinkSync(fresh(), join(state, "browser/openclaw"));
    expect(await prepareUserDataDir(state, "openclaw")).toBe(false);
  });
});
