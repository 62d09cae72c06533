import {
  plainSpec,
  recordingSystem,
  type Answer,
  type RecordingSystem,
} from "./recording-system.test.support.ts";
import type { ServiceSpec } from "./service-spec.ts";

/** A service manager that exists on paper: it keeps what it is told, and answers as the real one does. */
export interface StandIn {
  readonly system: RecordingSystem;
  readonly spec: ServiceSpec;
  /** Of the service of the state profile `default`. */
  readonly definition: string;
  /** Of a Gateway on the same machine, and a service of somebody else under our name. */
  readonly gateway: string;
  /** What the manager has loaded, by name; whether it runs. */
  readonly loaded: Map<string, boolean>;
  /** Changes, in order; questions are left out. */
  readonly orders: () => readonly string[];
  /** The command with this number, counted from 0 among orders, fails from now on. */
  failing: number | undefined;
  /** No manager answers. */
  gone: boolean;
}

export type Backend = "systemd" | "launchd" | "task-scheduler";
export const BACKENDS: readonly Backend[] = ["systemd", "launchd", "task-scheduler"];

const PLATFORMS = { systemd: "linux", launchd: "darwin", "task-scheduler": "win32" } as const;
const UNITS = "/home/ann/.config/systemd/user";
const AGENTS = "/home/ann/Library/LaunchAgents";
const STATE = "C:\\Users\\ada\\.openclaw";
const PLACES: Readonly<
  Record<Backend, { definition: string; gateway: string; question: RegExp; gone: string }>
> = {
  systemd: {
    definition: `${UNITS}/openclaw-node.service`,
    gateway: `${UNITS}/openclaw-gateway.service`,
    question: /\b(?:show|show-user)\b/u,
    gone: "Failed to connect to bus: No medium found",
  },
  launchd: {
    definition: `${AGENTS}/ai.openclaw.node.plist`,
    gateway: `${AGENTS}/ai.openclaw.gateway.plist`,
    question: /^launchctl print\b/u,
    gone: "Could not find domain for user",
  },
  "task-scheduler": {
    definition: `${STATE}\\node.cmd`,
    gateway: `${STATE}\\gateway.cmd`,
    question: / \/Query\b/u,
    gone: "ERROR: The Task Scheduler service is not available.",
  },
};

export function standIn(backend: Backend): StandIn {
  const platform = PLATFORMS[backend];
  const { definition, gateway, question, gone } = PLACES[backend];
  const loaded = new Map<string, boolean>();
  const answers = { systemd, launchd, "task-scheduler": taskScheduler }[backend](loaded);
  const spec = plainSpec(platform);
  let orders = 0;
  const system = recordingSystem(
    platform,
    (argv) => {
      if (self.gone) return { code: 1, stderr: gone };
      if (question.test(argv.join(" "))) return answers(argv);
      orders += 1;
      return orders - 1 === self.failing ? { code: 1, stderr: "it did not work" } : answers(argv);
    },
    platform === "linux" ? { env: { XDG_RUNTIME_DIR: "/run/user/501" } } : {},
  );
  const self: StandIn = {
    system,
    spec,
    definition,
    gateway,
    loaded,
    orders: () =>
      system.calls
        .filter((call) => !question.test(call))
        .map((call) => call.replace("systemctl --user --no-ask-password ", "")),
    failing: undefined,
    gone: false,
  };
  system.directories.add("/run/systemd/system");
  for (const path of ["/usr/bin/systemd-notify", spec.runtime, spec.entry])
    system.files.set(path, Buffer.alloc(0));
  system.files.set(gateway, Buffer.from("of a Gateway"));
  return self;
}

/** Everything that a failed or refused action must leave as it was. */
export function contents({ system }: StandIn): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...system.files]
      .map(
        ([path, content]) => [path, `${system.modes.get(path) ?? 0} ${content.toString("base64")}`] as const,
      )
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function systemd(loaded: Map<string, boolean>): Answer {
  return (argv) => {
    const words = argv.filter((word) => !word.startsWith("-"));
    const [, verb = "", name = ""] = words;
    if (argv.includes("--property=Version")) return { stdout: "Version=252.1\n" };
    if (argv[0] === "loginctl") return { stdout: "Linger=yes\n" };
    if (verb === "show") {
      const active = loaded.get(name) === true;
      return {
        stdout: `UnitFileState=${loaded.has(name) ? "enabled" : "disabled"}\nActiveState=${active ? "active" : "inactive"}\nMainPID=${active ? 4242 : 0}\n`,
      };
    }
    if (verb === "enable" && !loaded.has(name)) loaded.set(name, false);
    if (verb === "restart" || verb === "start") loaded.set(name, true);
    if (verb === "stop") loaded.set(name, false);
    if (verb === "disable") loaded.delete(name);
    return {};
  };
}

function launchd(loaded: Map<string, boolean>): Answer {
  const absent = { code: 113, stderr: "Could not find service" };
  return ([, verb, target = "", path = ""]) => {
    const name = target.split("/")[2];
    if (verb === "print" && name !== undefined)
      return loaded.has(name) ? { stdout: "x = {\n\tstate = running\n\tpid = 4242\n}\n" } : absent;
    if (verb === "bootstrap") loaded.set(path.replace(/^.*\/|\.plist$/gu, ""), true);
    if (verb === "bootout" && name !== undefined) return loaded.delete(name) ? {} : absent;
    return {};
  };
}

function taskScheduler(loaded: Map<string, boolean>): Answer {
  return (argv) => {
    const name = argv[argv.indexOf("/TN") + 1] ?? "";
    const known = argv.includes("/TN") && loaded.has(name);
    if (argv.includes("/Query")) {
      if (!argv.includes("/TN")) return {};
      return known
        ? { stdout: `Status:   ${loaded.get(name) === true ? "Running" : "Ready"}\r\n` }
        : { code: 1, stderr: "ERROR: The system cannot find the file" };
    }
    if (argv.includes("/Create")) loaded.set(name, loaded.get(name) ?? false);
    else if (argv.includes("/TN") && !known)
      return { code: 1, stderr: "ERROR: The system cannot find the file" };
    if (argv.includes("/Run")) loaded.set(name, true);
    if (argv.includes("/End")) loaded.set(name, false);
    if (argv.includes("/Delete")) loaded.delete(name);
    return {};
  };
}
