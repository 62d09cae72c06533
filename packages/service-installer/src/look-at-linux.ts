import { findingsOf, lookAtDefinition } from "./installed-definition.ts";
import { serviceLimits } from "./limits.ts";
import { detailOf, managerState } from "./manager-answer.ts";
import { systemdLocations } from "./service-locations.ts";
import type { ServiceTarget } from "./service-spec.ts";
import type { InstalledService } from "./service-state.ts";
import type { ServiceSystem } from "./service-system.ts";
import type { ManagerState, ServiceWorld } from "./service-world.ts";
import { systemctl } from "./systemctl.ts";
import { isEnabled, readShow, SHOWN_PROPERTIES, systemdRuntime } from "./systemd-show.ts";

type LinuxFacts = Pick<
  ServiceWorld,
  | "managers"
  | "systemManagerRuns"
  | "commandEnv"
  | "systemdVersion"
  | "hasSystemdNotify"
  | "linger"
  | "container"
  | "wsl"
  | "installed"
  | "dropIns"
>;

export async function lookAtLinux(
  system: ServiceSystem,
  target: ServiceTarget,
  temporaryDirs: readonly string[],
): Promise<LinuxFacts> {
  const booted = system.factsOf("/run/systemd/system")?.kind === "directory";
  const commandEnv = runtimeDirOf(system, target);
  const question = { timeoutMs: serviceLimits.questionMs, env: commandEnv };
  const version = await system.run(systemctl(target.scope, ["show", "--property=Version"]), question);
  const systemd = managerState("systemd", version, booted || target.scope === "user");
  const state =
    systemd.available || booted || systemd.reason === "not-installed"
      ? systemd
      : { ...systemd, reason: "not-running" as const };
  const { installed, dropIns } = await lookAtUnit(system, target, commandEnv, state, temporaryDirs);
  return {
    managers: [state, ...otherInits(system)],
    systemManagerRuns: booted,
    commandEnv,
    systemdVersion: version.kind === "exited" ? versionOf(version.stdout) : undefined,
    hasSystemdNotify: ["/usr/bin", "/bin", "/usr/local/bin", "/run/current-system/sw/bin"].some(
      (directory) => system.factsOf(`${directory}/systemd-notify`)?.kind === "file",
    ),
    linger: target.scope === "user" && state.available ? await lookAtLinger(system) : "unknown",
    container: isContainer(system),
    wsl: /microsoft/iu.test(smallFile(system, "/proc/sys/kernel/osrelease")),
    installed,
    dropIns,
  };
}

/** After su or sudo the variable is missing, while the user's manager runs all the same. */
function runtimeDirOf(system: ServiceSystem, target: ServiceTarget): Readonly<Record<string, string>> {
  if (target.scope === "system" || (system.env["XDG_RUNTIME_DIR"] ?? "") !== "") return {};
  const directory = `/run/user/${system.self.uid}`;
  const facts = system.factsOf(directory);
  const usable =
    facts?.uid === system.self.uid && system.factsOf(`${directory}/systemd/private`) !== undefined;
  return usable ? { XDG_RUNTIME_DIR: directory } : {};
}

async function lookAtUnit(
  system: ServiceSystem,
  target: ServiceTarget,
  env: Readonly<Record<string, string>>,
  state: ManagerState,
  temporaryDirs: readonly string[],
): Promise<{ readonly installed: InstalledService; readonly dropIns: readonly string[] }> {
  const places = systemdLocations(target, system.self.home);
  const outcome = state.available
    ? await system.run(
        systemctl(target.scope, ["show", places.name, "--no-pager", `--property=${SHOWN_PROPERTIES}`]),
        { timeoutMs: serviceLimits.questionMs, env },
      )
    : undefined;
  const shown = readShow(outcome?.kind === "exited" && outcome.code === 0 ? outcome.stdout : "");
  // A unit of the same name elsewhere is the one that counts when ours is not there.
  const elsewhere = shown.get("FragmentPath") ?? "";
  const definition =
    lookAtDefinition(system, "systemd", places.definition, places.secrets) ??
    (elsewhere.startsWith("/") && elsewhere !== places.definition
      ? lookAtDefinition(system, "systemd", elsewhere, places.secrets)
      : undefined);
  const detail = state.available ? outcome && detailOf(outcome) : state.detail;
  return {
    installed: {
      definition,
      loaded: isEnabled(shown),
      runtime:
        shown.size > 0
          ? systemdRuntime(shown, target.scope, places.name)
          : { status: "unknown", ...(detail === undefined ? {} : { detail }) },
      findings: findingsOf(system, definition, temporaryDirs),
    },
    dropIns: (shown.get("DropInPaths") ?? "").split(" ").filter((path) => path.startsWith("/")),
  };
}

async function lookAtLinger(system: ServiceSystem): Promise<ServiceWorld["linger"]> {
  const outcome = await system.run(["loginctl", "show-user", system.self.name, "--property=Linger"], {
    timeoutMs: serviceLimits.questionMs,
  });
  if (outcome.kind !== "exited" || outcome.code !== 0) return "unknown";
  const said = readShow(outcome.stdout).get("Linger");
  return said === "yes" || said === "no" ? said : "unknown";
}

function otherInits(system: ServiceSystem): readonly ManagerState[] {
  const states: ManagerState[] = [];
  if (system.factsOf("/run/openrc") !== undefined) states.push({ manager: "openrc", available: true });
  if (system.factsOf("/run/runit") !== undefined || smallFile(system, "/proc/1/comm").trim() === "runit")
    states.push({ manager: "runit", available: true });
  return states;
}

function isContainer(system: ServiceSystem): boolean {
  return (
    system.factsOf("/.dockerenv") !== undefined ||
    system.factsOf("/run/.containerenv") !== undefined ||
    system.factsOf("/run/systemd/container") !== undefined ||
    (system.env["container"] ?? "") !== ""
  );
}

function smallFile(system: ServiceSystem, path: string): string {
  try {
    return system.readFile(path)?.toString("utf8") ?? "";
  } catch {
    return "";
  }
}

function versionOf(shown: string): number | undefined {
  const match = /^Version=(?:systemd )?v?([0-9]{1,4})/mu.exec(shown);
  return match === null ? undefined : Number(match[1]);
}
