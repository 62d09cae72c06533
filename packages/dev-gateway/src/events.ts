import type { ErrorShape, Role } from "@openclaw/protocol";

/** Whose socket an event is about. */
export interface ClientRef {
  readonly connId: string;
  readonly role?: Role;
  readonly deviceId?: string;
}

/** What a test or a demo can watch. Frames hold secrets: never print them as they are. */
export type DevGatewayEvent =
  | { readonly type: "socket-opened"; readonly client: ClientRef; readonly remote: boolean }
  | {
      readonly type: "client-connected";
      readonly client: ClientRef;
      readonly displayName?: string;
      readonly remote: boolean;
      readonly protocol: number;
    }
  | { readonly type: "connect-refused"; readonly client: ClientRef; readonly error: ErrorShape }
  | {
      readonly type: "closed";
      readonly client: ClientRef;
      readonly code: number;
      readonly reason: string;
    }
  | {
      readonly type: "pairing-requested";
      readonly requestId: string;
      readonly deviceId: string;
      readonly role: Role;
      readonly reason: string;
      readonly displayName?: string;
    }
  | {
      readonly type: "pairing-resolved";
      readonly requestId: string;
      readonly deviceId: string;
      readonly decision: "approved" | "rejected";
      readonly silent: boolean;
    }
  | { readonly type: "device-removed"; readonly deviceId: string }
  | {
      readonly type: "surface-requested";
      readonly requestId: string;
      readonly nodeId: string;
      readonly displayName?: string;
      readonly caps: readonly string[];
      readonly commands: readonly string[];
    }
  | {
      readonly type: "surface-resolved";
      readonly requestId: string;
      readonly nodeId: string;
      readonly decision: "approved" | "rejected";
    }
  | {
      readonly type: "invoke-sent";
      readonly id: string;
      readonly nodeId: string;
      readonly command: string;
      readonly paramsJSON: string | null;
    }
  | {
      readonly type: "invoke-answered";
      readonly id: string;
      readonly nodeId: string;
      readonly command: string;
      readonly ok: boolean;
      readonly error?: { readonly code?: string; readonly message?: string };
    }
  | {
      readonly type: "invoke-cancelled";
      readonly id: string;
      readonly nodeId: string;
      readonly reason: InvokeEnd;
    }
  | { readonly type: "late-answer"; readonly id: string; readonly nodeId: string }
  | {
      readonly type: "node-event";
      readonly nodeId: string;
      readonly event: string;
      readonly payload: unknown;
      readonly handled: boolean;
    }
  | { readonly type: "approval-requested"; readonly id: string; readonly command: string }
  | { readonly type: "approval-resolved"; readonly id: string; readonly decision: string | null }
  | { readonly type: "frame-in"; readonly client: ClientRef; readonly frame: unknown; readonly bytes: number }
  | {
      readonly type: "frame-out";
      readonly client: ClientRef;
      readonly frame: unknown;
      readonly bytes: number;
    };

/** Why an invoke ended without the node's answer. */
export type InvokeEnd = "timeout" | "operator-gone" | "node-gone";

export interface Emitter {
  /** Returns a function that ends the listening. */
  readonly on: (listener: (event: DevGatewayEvent) => void) => () => void;
  readonly emit: (event: DevGatewayEvent) => void;
}

/** Listeners are called in order and at once; one that throws does not stop the others. */
export function createEmitter(): Emitter {
  const listeners = new Set<(event: DevGatewayEvent) => void>();
  return {
    on: (listener) => {
      // A wrapper of its own, so that the same function can listen twice.
      const entry = (event: DevGatewayEvent): void => listener(event);
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    emit: (event) => {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
