/** Who the service belongs to: one user's session, or the machine (then it starts at boot and runs as a named user). */
export type ServiceScope = "user" | "system";

/** Which service is meant. */
export interface ServiceTarget {
  /** `default` or the name of the state profile; decides the service's name. */
  readonly stateProfile: string;
  readonly scope: ServiceScope;
  /** State directory of the node host, absolute. */
  readonly stateDir: string;
  /**
   * Windows only: process id of the running host, when its control socket told it. Ending a task there does not end
   * what the task started.
   */
  readonly hostPid?: number;
}

/** What is to run in the background, for any service manager. All paths are absolute. */
export interface ServiceSpec extends ServiceTarget {
  /** System services only: the account that the host runs as. */
  readonly user?: string;
  /** One line for people, for example "OpenClaw Node Host". */
  readonly description: string;
  /** The node or bun program. */
  readonly runtime: string;
  /** Options of the runtime, before the entry file. */
  readonly runtimeArguments?: readonly string[];
  /** The script that the runtime runs. */
  readonly entry: string;
  /** From `node`, `run` on, exactly as the program is to get them. */
  readonly programArguments: readonly string[];
  /** Written into the definition, in this order. Take it from `captureServiceEnvironment`. */
  readonly environment: ReadonlyMap<string, string>;
  /** Written into an owner-only file and nowhere else. */
  readonly secrets: ReadonlyMap<string, string>;
  /** The program tells systemd when it is ready (`READY=1`) and that it is alive; default true. */
  readonly notifies?: boolean;
  /** systemd: everything that can be taken away from the process without breaking ordinary runs. */
  readonly harden?: boolean;
  /** Write anew over an existing service, also over one of another writer (which is kept as `.bak`). */
  readonly force?: boolean;
  /** Default: what this machine has. Another one is rendered to be installed by hand. */
  readonly manager?: ServiceManager;
  /** Render only (`--print`): the plan is then always one to be done by hand. */
  readonly print?: boolean;
}

export type ServiceManager = "systemd" | "openrc" | "runit" | "launchd" | "task-scheduler";

/** One file of a service. Rendered in the plan, written by `applyPlan`. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
  /** Default utf8. Task Scheduler wants UTF-16 with a byte order mark. */
  readonly encoding?: "utf8" | "utf16le-bom";
  /** Default: whoever writes it. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Left alone when it is there. */
  readonly onlyWhenAbsent?: boolean;
  /** Holds secrets: never show the text. */
  readonly secret?: boolean;
}
