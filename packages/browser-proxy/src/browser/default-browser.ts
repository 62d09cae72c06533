import { posix } from "node:path";

import { kindOfExecutable } from "./known-browsers.ts";
import type { BrowserCandidate, BrowserKind, CandidateQuestion } from "./known-browsers.ts";

/** What the look-up asks the machine; tests answer for other machines. */
export interface BrowserMachine {
  readonly isExecutable: (path: string) => boolean;
  /** The text of a small file, or undefined. */
  readonly readText: (path: string) => string | undefined;
  /** The output of a system command, or undefined when it fails or takes too long. */
  readonly run: (file: string, args: readonly string[]) => Promise<string | undefined>;
}

const webScheme = "x-scheme-handler/http";
const windowsChoice =
  "HKCU\\Software\\Microsoft\\Windows\\Shell\\Associations\\UrlAssociations\\http\\UserChoice";

/**
 * The browser that the system opens pages with, as a program or at least as a kind; undefined when it is none that we
 * know. Whatever the system answers only chooses among browsers: a name that is none of them is not started.
 */
export async function defaultBrowser(
  question: CandidateQuestion,
  machine: BrowserMachine,
): Promise<BrowserCandidate | { readonly kind: BrowserKind; readonly path: undefined } | undefined> {
  if (question.platform === "linux") return await linuxDefault(question, machine);
  const kind = await (question.platform === "darwin" ? darwinKind(question, machine) : windowsKind(machine));
  return kind === undefined ? undefined : { kind, path: undefined };
}

async function linuxDefault(
  question: CandidateQuestion,
  machine: BrowserMachine,
): Promise<BrowserCandidate | undefined> {
  const id =
    desktopId(await machine.run("xdg-settings", ["get", "default-web-browser"])) ??
    desktopId(await machine.run("xdg-mime", ["query", "default", webScheme]));
  if (id === undefined) return undefined;
  const file = applicationFolders(question)
    .map((folder) => machine.readText(posix.join(folder, id)))
    .find((text) => text !== undefined);
  const program = file === undefined ? undefined : programOfDesktopFile(file);
  if (program === undefined) return undefined;
  const path = program.startsWith("/") ? program : posix.join("/usr/bin", program);
  const kind = program.includes("/") && !program.startsWith("/") ? undefined : kindOfExecutable(path);
  return kind !== undefined && machine.isExecutable(path) ? { kind, path } : undefined;
}

function desktopId(output: string | undefined): string | undefined {
  const id = output?.trim() ?? "";
  return /^\w[\w.+-]{0,200}\.desktop$/.test(id) ? id : undefined;
}

function applicationFolders({ env, home }: CandidateQuestion): readonly string[] {
  const own = env["XDG_DATA_HOME"] ?? posix.join(home, ".local/share");
  const shared = (env["XDG_DATA_DIRS"] ?? "/usr/local/share:/usr/share").split(":");
  return [
    ...[own, ...shared]
      .filter((root) => root.startsWith("/"))
      .map((root) => posix.join(root, "applications")),
    "/var/lib/snapd/desktop/applications",
  ];
}

/** The program of the first `Exec` line of the main section, behind `env` and its assignments. */
export function programOfDesktopFile(text: string): string | undefined {
  const main = /^\[Desktop Entry\]\s*$([^]*?)(?=^\[|(?![^]))/m.exec(text)?.[1] ?? "";
  const line = /^Exec[ \t]*=[ \t]*(.+)$/m.exec(main)?.[1] ?? "";
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "",
  );
  const isEnv = words[0] === "env" || words[0] === "/usr/bin/env";
  const rest = isEnv ? words.slice(1).filter((word) => !/^\w+=/.test(word)) : words;
  return rest[0] === undefined || rest[0].startsWith("-") ? undefined : rest[0];
}

const bundles: ReadonlyMap<string, BrowserKind> = new Map([
  ["com.google.chrome", "chrome"],
  ["com.google.chrome.canary", "canary"],
  ["com.brave.browser", "brave"],
  ["com.microsoft.edgemac", "edge"],
  ["org.chromium.chromium", "chromium"],
]);

async function darwinKind(
  { home }: CandidateQuestion,
  machine: BrowserMachine,
): Promise<BrowserKind | undefined> {
  const file = posix.join(
    home,
    "Library/Preferences/com.apple.LaunchServices/com.apple.launchservices.secure.plist",
  );
  const xml = await machine.run("/usr/bin/plutil", ["-convert", "xml1", "-o", "-", file]);
  // One entry has the scheme and the program that handles it, in an order of its own.
  const entries = [...(xml ?? "").matchAll(/<dict>((?:(?!<dict>)[^])*?)<\/dict>/g)].map(
    ([, entry]) => entry ?? "",
  );
  const web = entries.find((entry) => /<key>LSHandlerURLScheme<\/key>\s*<string>http<\/string>/.test(entry));
  const bundle = /<key>LSHandlerRoleAll<\/key>\s*<string>([^<]{1,200})<\/string>/.exec(web ?? "")?.[1];
  return bundles.get(bundle?.toLowerCase() ?? "");
}

async function windowsKind(machine: BrowserMachine): Promise<BrowserKind | undefined> {
  const output = await machine.run("reg.exe", ["query", windowsChoice, "/v", "ProgId"]);
  const id = /^\s*ProgId\s+REG_SZ\s+(\w+)/m.exec(output ?? "")?.[1] ?? "";
  if (id.startsWith("ChromeSSHTM")) return "canary";
  if (id.startsWith("ChromeHTML")) return "chrome";
  if (id.startsWith("BraveHTML")) return "brave";
  if (id.startsWith("MSEdgeHTM")) return "edge";
  return id.startsWith("ChromiumHTM") ? "chromium" : undefined;
}
