import type { ServiceManager, ServiceScope } from "./service-spec.ts";
import type { ServiceFacts } from "./service-state.ts";

/** The recorded `service` object for a manager. Without a manager: that of systemd, as recorded. */
export function serviceFacts(
  manager: ServiceManager | undefined,
  scope: ServiceScope,
  loaded: boolean,
): ServiceFacts {
  const system = scope === "system";
  switch (manager) {
    case "launchd":
      return {
        label: system ? "LaunchDaemon" : "LaunchAgent",
        loaded,
        loadedText: "loaded",
        notLoadedText: "not loaded",
      };
    case "task-scheduler":
      return { label: "Scheduled Task", loaded, loadedText: "registered", notLoadedText: "missing" };
    case "openrc":
      return { label: "OpenRC", loaded, loadedText: "enabled", notLoadedText: "disabled" };
    case "runit":
      return { label: "runit", loaded, loadedText: "enabled", notLoadedText: "disabled" };
    case "systemd":
    case undefined:
      return {
        label: system ? "systemd system" : "systemd",
        loaded,
        loadedText: "enabled",
        notLoadedText: "disabled",
      };
  }
}

/** The manager that a platform has by nature. */
export function nativeManager(platform: NodeJS.Platform): ServiceManager {
  return platform === "darwin" ? "launchd" : platform === "win32" ? "task-scheduler" : "systemd";
}
