import { posix, win32 } from "node:path";

export type BrowserKind = "chrome" | "brave" | "edge" | "chromium" | "canary" | "custom";

export type BrowserPlatform = "linux" | "darwin" | "win32";

export interface BrowserCandidate {
  readonly kind: BrowserKind;
  readonly path: string;
}

export interface CandidateQuestion {
  readonly platform: BrowserPlatform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const linux: readonly (readonly [kind: BrowserKind, paths: readonly string[]])[] = [
  ["chrome", ["/usr/bin/google-chrome", "/usr/bin/google-chrome-stable", "/usr/bin/chrome"]],
  ["brave", ["/usr/bin/brave-browser", "/usr/bin/brave-browser-stable", "/usr/bin/brave", "/snap/bin/brave"]],
  ["edge", ["/usr/bin/microsoft-edge", "/usr/bin/microsoft-edge-stable"]],
  ["chromium", ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/snap/bin/chromium"]],
];

const darwin: readonly (readonly [kind: BrowserKind, app: string])[] = [
  ["chrome", "Google Chrome"],
  ["brave", "Brave Browser"],
  ["edge", "Microsoft Edge"],
  ["chromium", "Chromium"],
  ["canary", "Google Chrome Canary"],
];

const windows: readonly (readonly [kind: BrowserKind, parts: readonly string[]])[] = [
  ["chrome", ["Google", "Chrome", "Application", "chrome.exe"]],
  ["brave", ["BraveSoftware", "Brave-Browser", "Application", "brave.exe"]],
  ["edge", ["Microsoft", "Edge", "Application", "msedge.exe"]],
  ["chromium", ["Chromium", "Application", "chrome.exe"]],
  ["canary", ["Google", "Chrome SxS", "Application", "chrome.exe"]],
];

/** Where browsers are installed, the preferred one first (browser proxy section 9). */
export function browserCandidates(question: CandidateQuestion): readonly BrowserCandidate[] {
  const { platform, home } = question;
  if (platform === "linux") return linux.flatMap(([kind, paths]) => paths.map((path) => ({ kind, path })));
  if (platform === "darwin") {
    const folders = ["/Applications", posix.join(home, "Applications")];
    return folders.flatMap((folder) =>
      darwin.map(([kind, app]) => ({
        kind,
        path: posix.join(folder, `${app}.app`, "Contents", "MacOS", app),
      })),
    );
  }
  const roots = windowsRoots(question);
  return windows.flatMap(([kind, parts]) =>
    roots.map((root) => ({ kind, path: win32.join(root, ...parts) })),
  );
}

/** What a file is called tells the kind; other names are no browser that we know. */
export function kindOfExecutable(path: string): BrowserKind | undefined {
  const name =
    path
      .split(/[\\/]/)
      .at(-1)
      ?.toLowerCase()
      .replace(/\.exe$/, "") ?? "";
  if (/^(?:google-chrome|chrome)(?:-stable)?$|^google chrome$/.test(name)) return "chrome";
  if (/^(?:google-chrome|chrome)-(?:beta|unstable|canary)$|canary/.test(name)) return "canary";
  if (/^brave(?:-browser)?(?:-stable|-beta|-nightly)?$|^brave browser$/.test(name)) return "brave";
  if (/^(?:microsoft-edge|msedge)(?:-stable|-beta|-dev)?$|^microsoft edge$/.test(name)) return "edge";
  return /^chromium(?:-browser|-freeworld)?$/.test(name) ? "chromium" : undefined;
}

function windowsRoots({ env, home }: CandidateQuestion): readonly string[] {
  const given = [
    env["LOCALAPPDATA"] ?? win32.join(home, "AppData", "Local"),
    env["ProgramFiles"] ?? "C:\\Program Files",
    env["ProgramFiles(x86)"] ?? "C:\\Program Files (x86)",
  ];
  // A relative folder would mean the working directory.
  return [...new Set(given.filter((root) => /^[A-Za-z]:[\\/]/.test(root)))];
}
