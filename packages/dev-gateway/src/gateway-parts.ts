import type { ApprovalsBroker } from "./approvals-broker.ts";
import type { Connection } from "./connection.ts";
import type { EraRules } from "./era.ts";
import type { DevGatewayEvent } from "./events.ts";
import type { ScriptedRefusal } from "./gateway-options.ts";
import type { HostApprovals } from "./host-approvals.ts";
import type { Lockout } from "./lockout.ts";
import type { NodeRegistry } from "./node-registry.ts";
import type { PairingStore } from "./pairing-store.ts";
import type { SetupCodes } from "./setup-codes.ts";
import type { Secrets } from "./shared-auth.ts";
import type { SurfaceStore } from "./surface-store.ts";

/** The parts of one running Gateway, as handlers see them. */
export interface GatewayParts {
  readonly rules: EraRules;
  readonly secrets: Secrets;
  readonly policy: GatewayPolicy;
  readonly bootId: string;
  readonly startedAtMs: number;
  readonly now: () => number;
  readonly newId: () => string;
  readonly pairing: PairingStore;
  readonly surfaces: SurfaceStore;
  readonly nodes: NodeRegistry;
  readonly approvals: ApprovalsBroker;
  readonly hostApprovals: HostApprovals;
  readonly lockout: Lockout;
  readonly setupCodes: SetupCodes;
  readonly connections: ReadonlySet<Connection>;
  readonly refuse: () => ScriptedRefusal | undefined;
  readonly emit: (event: DevGatewayEvent) => void;
  readonly log: (line: string) => void;
}

/** What hello promises: bytes and milliseconds. */
export interface GatewayPolicy {
  readonly maxPayload: number;
  readonly maxBufferedBytes: number;
  readonly tickIntervalMs: number;
}
