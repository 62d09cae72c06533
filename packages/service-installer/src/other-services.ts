import { posix, win32 } from "node:path";

import type { ServiceNote } from "./service-notes.ts";
import type { ServiceSystem } from "./service-system.ts";

/**
 * Services of earlier names of the product, found by their file names. They are told about and never touched; those of
 * Gateways are nobody's business here.
 */
export function otherServices(system: ServiceSystem, startupDir: string | undefined): readonly ServiceNote[] {
  const { platform, self } = system;
  const directories =
    platform === "linux"
      ? [posix.join(self.home, ".config/systemd/user"), "/etc/systemd/user", "/etc/systemd/system"]
      : platform === "darwin"
        ? [posix.join(self.home, "Library/LaunchAgents"), "/Library/LaunchAgents", "/Library/LaunchDaemons"]
        : startupDir === undefined
          ? []
          : [startupDir];
  const rules = platform === "win32" ? win32 : posix;
  return directories.flatMap((directory) =>
    system
      .list(directory)
      .filter((name) => isLegacyName(name))
      .map((name) => ({
        code: "legacy-service" as const,
        text: `\`${rules.join(directory, name)}\` is a service under an earlier name of the product; it is left alone, and may use the same Gateway`,
      })),
  );
}

/** `clawdbot` and `moltbot` with what stands around them in units, labels and login items. */
export function isLegacyName(fileName: string): boolean {
  return (
    /(?:clawdbot|moltbot|bot\.molt)/iu.test(fileName) && /\.(?:service|plist|cmd|vbs|lnk)$/iu.test(fileName)
  );
}
