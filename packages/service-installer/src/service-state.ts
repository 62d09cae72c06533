import type { ServiceProblem } from "./errors.ts";
import type { ServiceNote } from "./service-notes.ts";
import type { ServiceManager } from "./service-spec.ts";

/** The recorded `service` object (service installer section 6). */
export interface ServiceFacts {
  /** `systemd user`, `systemd system`, `LaunchAgent`, `LaunchDaemon`, `Scheduled Task`, … */
  readonly label: string;
  readonly loaded: boolean;
  readonly loadedText: string;
  readonly notLoadedText: string;
}

/** What the installed definition runs. Values of secrets are never in here. */
export interface ServiceCommand {
  readonly programArguments: readonly string[];
  readonly workingDirectory?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Every name; those with `file` have no value in `environment`. */
  readonly environmentValueSources: Readonly<Record<string, "inline" | "file">>;
  readonly sourcePath: string;
}

export interface ServiceRuntime {
  readonly status: "running" | "stopped" | "unknown";
  readonly state?: string;
  readonly subState?: string;
  readonly pid?: number;
  readonly lastExitStatus?: number;
  readonly lastExitReason?: string;
  readonly detail?: string;
  readonly missingUnit?: boolean;
  readonly lastRunTime?: string;
  readonly lastRunResult?: string;
  readonly cachedLabel?: boolean;
  /** What only systemd knows. */
  readonly systemd?: {
    readonly scope: "user" | "system";
    readonly unit: string;
    readonly killMode?: string;
    readonly result?: string;
    readonly nRestarts?: number;
    /** The program's own `STATUS=` line. */
    readonly statusText?: string;
  };
}

/** Who wrote the definition: this program, an official release, or somebody else. */
export type DefinitionOrigin = "ours" | "official" | "foreign";

export interface InstalledDefinition {
  readonly path: string;
  /** Undefined when it is too large or cannot be read. */
  readonly text: string | undefined;
  readonly origin: DefinitionOrigin;
  /** Undefined when it says something that is not understood. */
  readonly command: ServiceCommand | undefined;
}

/** Everything that is known about the service of one state profile. */
export interface InstalledService {
  /** Undefined: there is none. */
  readonly definition: InstalledDefinition | undefined;
  readonly loaded: boolean;
  readonly runtime: ServiceRuntime;
  /** What is wrong with it: `runtime-missing`, `entry-missing`, `temporary-path`, … */
  readonly findings: readonly ServiceNote[];
}

/** The answer of `readServiceStatus`. */
export interface ServiceStatus {
  readonly manager: ServiceManager | undefined;
  readonly service: ServiceFacts;
  readonly command: ServiceCommand | undefined;
  readonly origin: DefinitionOrigin | undefined;
  readonly runtime: ServiceRuntime;
  /** Faults of the installed service, then other services that matter (legacy, official). */
  readonly findings: readonly ServiceNote[];
  /** Why the service manager could not be asked. */
  readonly problem: ServiceProblem | undefined;
  /** How to read the log, ready to be typed or a path. */
  readonly logs: readonly string[];
  /** How to start it, for a person: `openclaw node install`, … */
  readonly startHints: readonly string[];
}
