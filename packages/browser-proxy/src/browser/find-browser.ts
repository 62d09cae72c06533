import { execFile } from "node:child_process";
import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { posix, win32 } from "node:path";

import { browserProxyLimits } from "../limits.ts";
import { defaultBrowser } from "./default-browser.ts";
import type { BrowserMachine } from "./default-browser.ts";
import { browserCandidates } from "./known-browsers.ts";
import type { BrowserCandidate, BrowserKind, BrowserPlatform } from "./known-browsers.ts";

export interface BrowserSearch {
  /** `browser.executablePath` */
  readonly executablePath?: string | undefined;
  readonly platform?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  readonly machine?: BrowserMachine;
}

export type BrowserSearchResult =
  | { readonly ok: true; readonly kind: BrowserKind; readonly path: string }
  | {
      readonly ok: false;
      readonly reason: "executable-missing" | "none-found" | "unsupported-platform";
      /** What happened, and how to get a browser. */
      readonly sentence: string;
    };

/**
 * Looks for a browser: the one that the owner names, else the system's default one if it is of the Chromium family, else
 * the first one that is installed where browsers are installed (browser proxy section 9).
 */
export async function findBrowser(search: BrowserSearch = {}): Promise<BrowserSearchResult> {
  const { platform = process.platform, env = process.env, home = homedir(), machine = thisMachine } = search;
  if (search.executablePath !== undefined) return namedBrowser(search.executablePath, platform, machine);
  if (!isBrowserPlatform(platform)) return unsupported;
  const question = { platform, env, home };
  const installed = browserCandidates(question).filter(({ path }) => machine.isExecutable(path));
  const preferred = await defaultBrowser(question, machine);
  const found =
    preferred?.path === undefined ? installed.find(({ kind }) => kind === preferred?.kind) : preferred;
  return result(found ?? installed[0], platform);
}

function namedBrowser(path: string, platform: string, machine: BrowserMachine): BrowserSearchResult {
  const isAbsolute = platform === "win32" ? win32.isAbsolute(path) : posix.isAbsolute(path);
  if (isAbsolute && machine.isExecutable(path)) return { ok: true, kind: "custom", path };
  const sentence = isAbsolute
    ? "browser.executablePath names no program that can be started; correct it, or take it out to have a browser found"
    : "browser.executablePath must be an absolute path; write it out";
  return { ok: false, reason: "executable-missing", sentence };
}

function result(found: BrowserCandidate | undefined, platform: BrowserPlatform): BrowserSearchResult {
  if (found !== undefined) return { ok: true, ...found };
  const sentence = `No supported browser found (Chrome, Chromium, Edge or Brave); ${howToGet[platform]}, or set browser.executablePath`;
  return { ok: false, reason: "none-found", sentence };
}

const howToGet: Readonly<Record<BrowserPlatform, string>> = {
  linux: "install one, for example with `apt install chromium`",
  darwin: "install one, for example with `brew install --cask chromium`",
  win32: "install one, for example with `winget install Google.Chrome`",
};

const unsupported: BrowserSearchResult = {
  ok: false,
  reason: "unsupported-platform",
  sentence: "No supported browser found: none is known for this platform; set browser.executablePath",
};

function isBrowserPlatform(platform: string): platform is BrowserPlatform {
  return platform === "linux" || platform === "darwin" || platform === "win32";
}

/** Looks at real files and asks real programs. */
export const thisMachine: BrowserMachine = {
  isExecutable: (path) => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  },
  readText: (path) => {
    try {
      return statSync(path).size > 1024 * 1024 ? undefined : readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  },
  run: (file, args) =>
    new Promise((resolve) => {
      const options = {
        timeout: browserProxyLimits.defaultBrowserMs,
        maxBuffer: 4 * 1024 * 1024,
        windowsHide: true,
      };
      execFile(file, [...args], options, (error, stdout) => {
        resolve(error === null ? stdout : undefined);
      });
    }),
};
