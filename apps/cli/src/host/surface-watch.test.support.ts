import { ConnectionError, type Session } from "@openclaw/gateway-connection";
import type { EventFrame } from "@openclaw/protocol";

export type Answer = (method: string) => Promise<unknown>;

const ERAS = {
  "2026.2": { protocol: 3, methods: ["node.invoke"], events: ["tick"] },
  "2026.3": { protocol: 3, methods: ["node.pending.pull"], events: ["tick"] },
  "2026.6": { protocol: 4, methods: ["node.pending.pull"], events: ["tick"] },
  "2026.9": { protocol: 4, methods: ["node.pending.pull"], events: ["node.runnerInventory.changed"] },
} as const;

/** A session of a Gateway of that time. */
export function session(era: keyof typeof ERAS, answer: Answer = () => Promise.resolve({})): Session {
  const { protocol, methods, events } = ERAS[era];
  return {
    hello: {
      type: "hello-ok",
      protocol,
      server: { version: "dev", connId: "c" },
      features: { methods, events },
      policy: { maxPayload: 1_000_000, tickIntervalMs: 30_000 },
    },
    closed: new Promise(() => undefined),
    request: async (method) => await answer(method),
    close: () => Promise.reject(new Error("not closed here")),
  };
}

export const refusedWith =
  (message: string): Answer =>
  () =>
    Promise.reject(new ConnectionError("request-failed", message));
export const AWAITING =
  "node capability surface is awaiting operator approval; run `openclaw nodes approve r-7`";
/** The operator's word about the request that waits. */
export const resolved = (decision: string): EventFrame => ({
  type: "event",
  event: "node.pair.resolved",
  payload: { requestId: "r-7", nodeId: "n", decision },
});

export const DECLARED: readonly string[] = ["system.run", "system.run.prepare", "system.which"];
