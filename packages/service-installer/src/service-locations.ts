import { posix, win32 } from "node:path";

import { namesFor, serviceBase } from "./service-names.ts";
import type { ServiceTarget } from "./service-spec.ts";

/** Where the files of one service lie. All paths are absolute. */
export interface ServiceLocations {
  /** What the manager's commands take. */
  readonly name: string;
  readonly definitionDir: string;
  readonly definition: string;
  /** Variables that nobody else may read. */
  readonly secrets: string;
}

/** A system service's secrets are root's: nothing is written as root where a user decides what lies there. */
export function systemdLocations(target: ServiceTarget, home: string): ServiceLocations {
  const { name, fileName } = namesFor("systemd", target.stateProfile);
  const system = target.scope === "system";
  const definitionDir = system ? "/etc/systemd/system" : posix.join(home, ".config/systemd/user");
  return {
    name,
    definitionDir,
    definition: posix.join(definitionDir, fileName),
    secrets: system
      ? posix.join("/etc/openclaw", `${serviceBase(target.stateProfile)}.env`)
      : posix.join(target.stateDir, "node.systemd.env"),
  };
}

export interface LaunchdLocations extends ServiceLocations {
  /** `gui/501` or `system`. */
  readonly domain: string;
  readonly log: string;
}

export function launchdLocations(target: ServiceTarget, home: string, uid: number): LaunchdLocations {
  const { name, fileName } = namesFor("launchd", target.stateProfile);
  const system = target.scope === "system";
  const definitionDir = system ? "/Library/LaunchDaemons" : posix.join(home, "Library/LaunchAgents");
  const log = `${serviceBase(target.stateProfile).replace("openclaw-", "")}.log`;
  return {
    name,
    definitionDir,
    definition: posix.join(definitionDir, fileName),
    secrets: system
      ? posix.join("/Library/Application Support/openclaw", `${name}.env`)
      : posix.join(target.stateDir, "service-env", `${name}.env`),
    domain: system ? "system" : `gui/${uid}`,
    log: posix.join(system ? "/Library/Logs/openclaw" : posix.join(home, "Library/Logs/openclaw"), log),
  };
}

export interface TaskLocations extends ServiceLocations {
  readonly launcher: string;
  readonly taskXml: string;
  readonly stopFile: string;
}

export function taskLocations(target: ServiceTarget): TaskLocations {
  const { name, fileName } = namesFor("task-scheduler", target.stateProfile);
  const inState = (file: string): string => win32.join(target.stateDir, file);
  return {
    name,
    definitionDir: target.stateDir,
    definition: inState(fileName),
    secrets: inState("node.secrets.cmd"),
    launcher: inState("node.vbs"),
    taskXml: inState("node.task.xml"),
    stopFile: inState("node.stop"),
  };
}

export interface InitLocations extends ServiceLocations {
  readonly logDir: string;
}

/** OpenRC and runit know system services only. */
export function initLocations(manager: "openrc" | "runit", target: ServiceTarget): InitLocations {
  const name = serviceBase(target.stateProfile);
  const definitionDir = manager === "openrc" ? "/etc/init.d" : posix.join("/etc/sv", name);
  return {
    name,
    definitionDir,
    definition: posix.join(definitionDir, manager === "openrc" ? name : "run"),
    secrets: posix.join("/etc/openclaw", `${name}.env`),
    logDir: posix.join("/var/log", name),
  };
}
