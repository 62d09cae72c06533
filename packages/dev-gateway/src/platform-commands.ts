import { BROWSER_COMMAND } from "@openclaw/protocol";
import type { EraRules } from "./era.ts";

const POLICY_COMMANDS = ["system.execApprovals.get", "system.execApprovals.set"];
const PREPARE = "system.run.prepare";
const DESKTOP = ["system.run", PREPARE, "system.which", "system.notify", ...POLICY_COMMANDS];
/** Offered by parts of a Gateway; in the newer eras a node has to be approved for them by name. */
const BY_APPROVAL = [
  BROWSER_COMMAND,
  "browser.proxy.upload.v1",
  "desktop.stream",
  "fs.listDir",
  "mcp.tools.call.v1",
  "ollama.chat",
  "ollama.models",
  "terminal.upload",
];
const UNKNOWN_PLATFORM = ["system.notify"];
const FAMILIES: Readonly<Record<string, string>> = {
  linux: "Linux",
  macos: "Mac",
  windows: "Windows",
};
const RAW_NAMES: Readonly<Record<string, string>> = { darwin: "macos", win32: "windows" };

export interface NamedPlatform {
  readonly platform: string;
  readonly deviceFamily?: string | undefined;
}

export function isPolicyCommand(command: string): boolean {
  return POLICY_COMMANDS.includes(command);
}

/** The names under which a device is remembered: the newest era puts its own in their place. */
export function rememberedPlatform(client: NamedPlatform, rules: EraRules): NamedPlatform {
  const { platform, deviceFamily } = client;
  if (!rules.familyFilledIn) return { platform, deviceFamily };
  const lower = platform.trim().toLowerCase();
  const named = RAW_NAMES[lower] ?? platform;
  return { platform: named, deviceFamily: deviceFamily ?? FAMILIES[named.trim().toLowerCase()] };
}

/** `linux`, `macos`, `windows`, or `unknown`, as an era reads the two names. Source: protocol section 0. */
export function platformName(node: NamedPlatform, rules: EraRules): string {
  const platform = node.platform.trim().toLowerCase();
  if (!rules.exactPlatforms) {
    if (/^(?:mac|darwin)/.test(platform)) return "macos";
    if (platform.startsWith("win")) return "windows";
    return platform.startsWith("linux") ? "linux" : "unknown";
  }
  const family = FAMILIES[platform]?.toLowerCase();
  const fits = family !== undefined && node.deviceFamily?.trim().toLowerCase() === family;
  return fits ? platform : "unknown";
}

/** The commands that this platform may be asked for without an approval by name. */
export function platformAllows(node: NamedPlatform, command: string, rules: EraRules): boolean {
  if (platformName(node, rules) === "unknown") return UNKNOWN_PLATFORM.includes(command);
  if (command === PREPARE) return rules.prepareKnown;
  return DESKTOP.includes(command) || (command === BROWSER_COMMAND && rules.browserOnDesktop);
}

/** The part of a declared surface that is worth an approval, in the order declared. */
export function knownCommands(
  node: NamedPlatform,
  declared: readonly string[],
  rules: EraRules,
): readonly string[] {
  const known = platformName(node, rules) !== "unknown";
  return [...new Set(declared)].filter(
    (command) =>
      platformAllows(node, command, rules) ||
      (known && !rules.browserOnDesktop && BY_APPROVAL.includes(command)),
  );
}
