import { dirname } from "node:path";

import { lookAtDarwin } from "./look-at-darwin.ts";
import { lookAtLinux } from "./look-at-linux.ts";
import { lookAtWindows } from "./look-at-windows.ts";
import { otherServices } from "./other-services.ts";
import { isSupported, serviceNames } from "./service-names.ts";
import type { ServiceSpec, ServiceTarget } from "./service-spec.ts";
import type { ServiceSystem } from "./service-system.ts";
import type { ServiceWorld } from "./service-world.ts";

/**
 * Asks the machine what plans need to know. Changes nothing. Throws ServiceError `unsupported-platform`
 * (not when text is all that is wanted) or `bad-profile`.
 */
export async function lookAtServices(
  system: ServiceSystem,
  target: ServiceTarget & Pick<ServiceSpec, "user" | "print">,
): Promise<ServiceWorld> {
  const { platform, self } = system;
  // Elsewhere, text to be installed by hand is all that there is.
  const onlyText = target.print === true && !isSupported(platform);
  if (!onlyText) serviceNames(platform, target.stateProfile);
  const temporaryDirs = [system.temporaryDir].filter((directory) => directory !== dirname(directory));
  const owner = system.factsOf(self.home)?.uid;
  const base = {
    platform,
    env: system.env,
    self,
    isRoot: self.uid === 0,
    homeOwner: platform === "win32" || owner === self.uid ? undefined : owner,
    target,
    account:
      target.user === undefined
        ? undefined
        : platform === "win32"
          ? { ...self, name: target.user }
          : await system.account(target.user),
    temporaryDirs,
    ...NOT_LINUX,
  };
  if (platform === "darwin") {
    const facts = await lookAtDarwin(system, target, temporaryDirs);
    return { ...base, ...facts, others: otherServices(system, undefined) };
  }
  if (platform === "win32") {
    const facts = await lookAtWindows(system, target, temporaryDirs);
    return { ...base, ...facts, others: otherServices(system, facts.windows?.startupDir) };
  }
  if (onlyText) return { ...base, ...NOTHING_THERE };
  const facts = await lookAtLinux(system, target, temporaryDirs);
  return { ...base, ...facts, others: otherServices(system, undefined) };
}

const NOTHING_THERE = {
  managers: [],
  systemManagerRuns: false,
  installed: { definition: undefined, loaded: false, runtime: { status: "unknown" }, findings: [] },
  others: [],
} as const;

const NOT_LINUX = {
  commandEnv: {},
  systemdVersion: undefined,
  hasSystemdNotify: false,
  linger: "unknown",
  container: false,
  wsl: false,
  dropIns: [],
  windows: undefined,
} as const;
