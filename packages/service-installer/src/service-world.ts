import type { ServiceNote } from "./service-notes.ts";
import type { ServiceManager, ServiceTarget } from "./service-spec.ts";
import type { InstalledService } from "./service-state.ts";
import type { Account } from "./service-system.ts";

/** Why a service manager cannot be used. Closed. */
export type ManagerReason =
  /** Its command is not there. */
  | "not-installed"
  /** The machine was not started with it (a container, another init). */
  | "not-running"
  /** It runs, but this session has no way to its user part (su, cron, ssh without a session). */
  | "no-user-bus"
  | "denied"
  | "timed-out"
  | "failed";

export type ManagerState =
  | { readonly manager: ServiceManager; readonly available: true }
  | {
      readonly manager: ServiceManager;
      readonly available: false;
      readonly reason: ManagerReason;
      /** The manager's own words, first line. */
      readonly detail: string;
    };

/** Everything that plans need to know about the machine. Gathered by `lookAtServices`. */
export interface ServiceWorld {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who runs this program. */
  readonly self: Account;
  readonly isRoot: boolean;
  /** The owner of the own home directory, when it is somebody else (sudo keeps HOME in places). */
  readonly homeOwner: number | undefined;
  readonly target: ServiceTarget;
  /** The account that a system service would run as; undefined when none was named or there is none of that name. */
  readonly account: Account | undefined;
  /** For the wanted scope, the first available one is taken. */
  readonly managers: readonly ManagerState[];
  /** Linux, user scope: a system manager is there as a way out. */
  readonly systemManagerRuns: boolean;
  /** Variables that commands to the manager need beside the inherited ones (XDG_RUNTIME_DIR after su). */
  readonly commandEnv: Readonly<Record<string, string>>;
  readonly systemdVersion: number | undefined;
  readonly hasSystemdNotify: boolean;
  readonly linger: "yes" | "no" | "unknown";
  readonly container: boolean;
  readonly wsl: boolean;
  readonly installed: InstalledService;
  /** Drop-in files of the systemd unit, not ours. */
  readonly dropIns: readonly string[];
  /** Other services: official, legacy names, gateways. Never touched. */
  readonly others: readonly ServiceNote[];
  /** Directories whose content does not last. */
  readonly temporaryDirs: readonly string[];
  /** Windows: `%SystemRoot%\System32`, the Startup folder, whether the Startup entry is there. */
  readonly windows:
    | { readonly system32: string; readonly startupDir: string; readonly startupEntry: boolean }
    | undefined;
}
