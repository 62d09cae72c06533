import type { PreparedPlans } from "@openclaw/approvals";
import type { Containment } from "@openclaw/executor";
import type { HostBrowser } from "../browser/host-browser.ts";
import type { ActiveRuns } from "./active-runs.ts";
import type { AuditSink } from "./audit.ts";
import type { HostLog } from "./host-log.ts";
import type { HostMeter } from "./host-meter.ts";
import type { OwnerSettings } from "./judge-options.ts";
import type { NodeFile } from "./node-file.ts";
import type { PauseView } from "./pause.ts";
import type { PolicyStore } from "./policy-store.ts";
import type { PromptBroker } from "./prompt-broker.ts";
import type { SecretSources } from "../masking/run-mask.ts";
import type { KeptRuns } from "../runs/kept-runs.ts";
import type { RunSlots } from "./run-slots.ts";
import type { SkillPrograms } from "./skill-programs.ts";
import type { UsageRecorder } from "./usage-recorder.ts";

/** What handlers may use; made once by the host. */
export interface HostContext {
  readonly policy: PolicyStore;
  readonly prepared: PreparedPlans;
  readonly usage: UsageRecorder;
  readonly audit: AuditSink;
  readonly log: HostLog;
  /** The owner's switches; read at start. */
  readonly node: NodeFile;
  /** `tools.exec` of openclaw.json; read at start. */
  readonly exec: OwnerSettings["exec"];
  readonly skills: SkillPrograms;
  /** The owner's pause: while there is one, nothing starts. */
  readonly pause: { current(): PauseView | undefined };
  readonly active: ActiveRuns;
  /** Absent unless metrics are served. */
  readonly meter?: HostMeter | undefined;
  readonly slots: RunSlots;
  /** What the processes of a run are known by, also to the next host; absent, something by chance. */
  readonly markOf?: (invokeId: string) => string;
  /** Where the output of runs is kept; absent, nowhere. */
  readonly kept?: KeptRuns;
  /** What holds runs together and limits them; absent, there are no control groups. */
  readonly containment?: Containment;
  /** Absent unless the configuration leaves the browser on. */
  readonly browser?: HostBrowser | undefined;
  /** Where the values are that `maskOutput` masks; absent, in `hostEnv`. */
  readonly masking?: SecretSources;
  /** Runs in a sandbox do not see it. */
  readonly stateDir?: string;
  readonly home: string;
  readonly hostCwd: string;
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly killGraceMs?: number;
  /** The state profile that this host was started with; commands that it names have to say it. */
  readonly stateProfile?: string | undefined;
  /** Host and port of the Gateway, for the audit. */
  readonly gatewayHost?: string;
  /** Where the owner can be asked, and the Gateway that is named there; absent where nobody can be. */
  readonly prompts?: { readonly broker: PromptBroker; readonly gateway: string };
}

/** One invoke, as its handler sees it. */
export interface InvokeCall {
  readonly id: string;
  /** Ends when the Gateway cancels, when the connection ends (until `goOn`), and when the host stops. */
  readonly signal: AbortSignal;
  /** From now on the end of the connection does not end it. */
  readonly goOn?: () => void;
  /** Protocol number of this connection. */
  readonly protocol: number;
  /** Does this Gateway belong to the newest releases? Judged by what it can do. */
  readonly newestGateway?: boolean | undefined;
  /** The session that asked, where the Gateway names it. */
  readonly sessionKey?: string | undefined;
  /** What the Gateway of this connection says it is; for the audit. */
  readonly gatewayVersion?: string | undefined;
  /** Was `system.run.prepare` called on this connection? */
  readonly prepareSeen: boolean;
  /** How long the Gateway waits for the answer, in milliseconds; absent: its default. */
  readonly timeoutMs?: number | undefined;
  /** Bytes that the payload of the answer may have. */
  readonly maxPayloadBytes: number;
  /** Sends a node event; failures are logged, not thrown. */
  sendEvent(event: string, payload: unknown): void;
}

export type InvokeAnswer =
  | {
      readonly ok: true;
      readonly payload: unknown;
      /** The payload as JSON, where it exists as text already; then that is sent. */
      readonly payloadJSON?: string;
      /** Called when it is known whether the Gateway took the answer; again with `true` when it takes it later. */
      readonly onSent?: (taken: boolean) => void;
    }
  | { readonly ok: false; readonly code: string; readonly message: string };

export function refuse(code: string, message: string): InvokeAnswer {
  return { ok: false, code, message };
}
