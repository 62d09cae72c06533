import { onTestFinished } from "vitest";
import type { EventFrame } from "@openclaw/protocol";
import type { ConnectCredential } from "./connect-frame.ts";
import type { GatewayEndpoint } from "./endpoint.ts";
import { GatewayLink, type CredentialSource, type LinkEnd, type LinkOptions } from "./gateway-link.ts";
import type { LinkState } from "./link-state.ts";
import { IDENTITY, NODE_PROFILE } from "./node-profile.test.support.ts";

/** Credentials in memory, and what was asked of them. */
export class MemoryCredentials implements CredentialSource {
  shared: ConnectCredential = {};
  device: string | undefined;
  readonly log: string[] = [];

  async configured(): Promise<ConnectCredential> {
    return this.shared;
  }

  async deviceToken(): Promise<string | undefined> {
    return this.device;
  }

  async saveDeviceToken(token: string, scopes: readonly string[]): Promise<void> {
    this.log.push(`save ${token} [${scopes.join(",")}]`);
    this.device = token;
  }

  async dropDeviceToken(): Promise<void> {
    this.log.push("drop");
    this.device = undefined;
  }
}

export interface RunningLink {
  readonly link: GatewayLink;
  readonly credentials: MemoryCredentials;
  readonly states: readonly LinkState[];
  readonly events: readonly EventFrame[];
  readonly end: Promise<LinkEnd>;
  /** Resolves at the next state of this phase, counted from the first one. */
  readonly reached: (phase: LinkState["phase"], times?: number) => Promise<LinkState>;
  /** The phases so far, with causes and codes where there are any. */
  readonly story: readonly string[];
}

/** A running link whose waiting times are a thousandth of the real ones; closed after the test. */
export function runLink(
  endpoint: GatewayEndpoint,
  options: Partial<LinkOptions> = {},
  credentials: MemoryCredentials = new MemoryCredentials(),
): RunningLink {
  const states: LinkState[] = [];
  const events: EventFrame[] = [];
  const watchers = new Set<() => void>();
  const { onState, onEvent, ...rest } = options;
  const link = new GatewayLink({
    endpoint,
    profile: NODE_PROFILE,
    identity: IDENTITY,
    credentials,
    everReady: false,
    delayFactor: 0.001,
    random: () => 0.5,
    onEvent: (event, session) => {
      events.push(event);
      onEvent?.(event, session);
    },
    onState: (state) => {
      states.push(state);
      onState?.(state);
      for (const watcher of watchers) watcher();
    },
    limits: { closeMs: 100 },
    ...rest,
  });
  const end = link.run();
  // A test that expects a rejection looks at it itself.
  end.catch(() => undefined);
  onTestFinished(async () => {
    await link.close();
    await end.catch(() => undefined);
  });
  return {
    link,
    credentials,
    states,
    events,
    end,
    reached: async (phase, times = 1) =>
      await new Promise((resolve) => {
        const check = (): void => {
          const found = states.filter(
            (state, at) => state.phase === phase && states[at - 1]?.phase !== phase,
          )[times - 1];
          if (found === undefined) return;
          watchers.delete(check);
          resolve(found);
        };
        watchers.add(check);
        check();
      }),
    get story() {
      const coarse = states.filter(({ phase }, at) => phase !== states[at - 1]?.phase);
      return coarse.map((state) =>
        state.phase === "waiting"
          ? `waiting: ${state.cause}`
          : state.phase === "stopped"
            ? `stopped: ${state.code}`
            : state.phase,
      );
    },
  };
}
