import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { tempDirs } from "../files/place.test.support.ts";
import { programOfDesktopFile } from "./default-browser.ts";
import type { BrowserMachine } from "./default-browser.ts";
import { findBrowser } from "./find-browser.ts";
import { browserCandidates, kindOfExecutable } from "./known-browsers.ts";

const fresh = tempDirs();

/** A machine with these programs, texts and command outputs. */
function machine(
  programs: readonly string[],
  texts: Readonly<Record<string, string>> = {},
  outputs: Readonly<Record<string, string>> = {},
): BrowserMachine {
  return {
    isExecutable: (path) => programs.includes(path),
    readText: (path) => texts[path],
    run: (file) => Promise.resolve(outputs[file]),
  };
}

const linux = { platform: "linux", env: {}, home: "/home/u" };

describe("browserCandidates", () => {
  it("stand in the order of the kinds", () => {
    const paths = browserCandidates({ platform: "linux", env: {}, home: "/home/u" });
    expect(paths.map(({ path }) => path)).toContain("/snap/bin/chromium");
    expect(paths[0]).toEqual({ kind: "chrome", path: "/usr/bin/google-chrome" });
    for (const { kind, path } of paths)
      expect(`${path} ${String(kindOfExecutable(path))}`).toBe(`${path} ${kind}`);
  });

  it("are below the owner's folders last on macOS", () => {
    const paths = browserCandidates({ platform: "darwin", env: {}, home: "/Users/u" }).map(
      ({ path }) => path,
    );
    expect(paths[0]).toBe("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    expect(paths.at(-1)).toMatch(/^\/Users\/u\/Applications\//);
  });

  it("are in three folders on Windows, never in a relative one", () => {
    const env = {
      LOCALAPPDATA: "D:\\Local",
      ProgramFiles: "relative",
      "ProgramFiles(x86)": "C:\\Program Files (x86)",
    };
    const paths = browserCandidates({ platform: "win32", env, home: "C:\\Users\\u" }).map(({ path }) => path);
    expect(paths.slice(0, 2)).toEqual([
      "D:\\Local\\Google\\Chrome\\Application\\chrome.exe",
      "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
    ]);
    expect(paths.every((path) => /^[CD]:\\/.test(path))).toBe(true);
  });
});

describe("findBrowser", () => {
  it("takes the one that the owner names, or says that there is none", async () => {
    const own = machine(["/opt/mine", "/usr/bin/chromium"]);
    expect(await findBrowser({ ...linux, machine: own, executablePath: "/opt/mine" })).toEqual({
      ok: true,
      kind: "custom",
      path: "/opt/mine",
    });
    for (const executablePath of ["/opt/gone", "chromium", "", "./mine"])
      expect(await findBrowser({ ...linux, machine: own, executablePath })).toMatchObject({
        reason: "executable-missing",
      });
  });

  it("prefers the system's default browser when it is of the family", async () => {
    const programs = ["/usr/bin/google-chrome", "/usr/bin/chromium", "/snap/bin/brave"];
    const file =
      "[Desktop Entry]\nName=x\nExec=env A=b /snap/bin/brave %U\n[Desktop Action new]\nExec=/bin/sh\n";
    const found = (id: string, text = file): Promise<unknown> =>
      findBrowser({
        ...linux,
        machine: machine(programs, { [`/usr/share/applications/${id}`]: text }, { "xdg-mime": `${id}\n` }),
      });
    expect(await found("brave.desktop")).toEqual({ ok: true, kind: "brave", path: "/snap/bin/brave" });
    expect(await found("chromium.desktop", '[Desktop Entry]\nExec="chromium" %U')).toMatchObject({
      path: "/usr/bin/chromium",
    });
    const first = { ok: true, kind: "chrome", path: "/usr/bin/google-chrome" };
    expect(await found("firefox.desktop", "[Desktop Entry]\nExec=firefox %u")).toEqual(first);
    expect(await found("x.desktop", "[Desktop Entry]\nExec=/bin/sh -c x")).toEqual(first);
    expect(await found("../x.desktop")).toEqual(first);
    expect(await found("gone.desktop", "[Desktop Entry]\nExec=/usr/bin/microsoft-edge")).toEqual(first);
  });

  it("takes the kind of the default browser on macOS and Windows", async () => {
    const app = (name: string): string => `/Applications/${name}.app/Contents/MacOS/${name}`;
    const plist =
      "<array><dict><key>LSHandlerRoleAll</key><string>com.brave.Browser</string><key>LSHandlerURLScheme</key><string>http</string></dict></array>";
    const mac = machine([app("Google Chrome"), app("Brave Browser")], {}, { "/usr/bin/plutil": plist });
    expect(await findBrowser({ platform: "darwin", env: {}, home: "/Users/u", machine: mac })).toMatchObject({
      kind: "brave",
    });
    const edge = "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe";
    const chrome = "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe";
    const win = machine([edge, chrome], {}, { "reg.exe": "\r\n    ProgId    REG_SZ    MSEdgeHTM\r\n" });
    expect(
      await findBrowser({ platform: "win32", env: {}, home: "C:\\Users\\u", machine: win }),
    ).toMatchObject({ path: edge });
  });

  it("says how to get one when there is none", async () => {
    for (const platform of ["linux", "darwin", "win32"]) {
      const found = await findBrowser({ platform, env: {}, home: "/h", machine: machine([]) });
      expect(found).toMatchObject({
        reason: "none-found",
        sentence: expect.stringMatching(/^No supported browser found .*install .*browser\.executablePath$/),
      });
    }
    expect(await findBrowser({ platform: "aix", machine: machine([]) })).toMatchObject({
      reason: "unsupported-platform",
    });
  });

  it("looks at this machine's files: a program is a file that may be started", async () => {
    const folder = fresh();
    const [program, plain, directory] = [
      join(folder, "program"),
      join(folder, "plain"),
      join(folder, "directory"),
    ];
    writeFileSync(program, "");
    chmodSync(program, 0o755);
    writeFileSync(plain, "", { mode: 0o644 });
    mkdirSync(directory);
    expect(await findBrowser({ executablePath: program })).toMatchObject({ ok: true });
    for (const executablePath of [plain, directory, join(folder, "gone")])
      expect(await findBrowser({ executablePath })).toMatchObject({ ok: false });
    expect(typeof (await findBrowser()).ok).toBe("boolean");
  });
});

describe("programOfDesktopFile", () => {
  it("never throws, and gives no option for a program", () => {
    const piece = fc.constantFrom(
      "[Desktop Entry]\n",
      "Exec=",
      "env ",
      "A=b ",
      '"',
      "\\",
      "/usr/bin/x ",
      "-c ",
      "\n",
      "[X]\n",
      " ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
        expect(programOfDesktopFile(parts.join(""))?.startsWith("-") ?? false).toBe(false);
      }),
    );
  });
});
