// A link of ours at a development Gateway, with credentials in memory and waiting times of a thousandth.
import { startDevGateway, type DevGateway, type DevGatewayOptions } from "@openclaw/dev-gateway";
import {
  createDeviceIdentity,
  endpointFromParts,
  GatewayLink,
  type ConnectCredential,
  type CredentialSource,
  type LinkOptions,
  type LinkState,
} from "@openclaw/gateway-connection";
import { onTestFinished } from "vitest";

export const TOKEN = "test-token-0123456789";

/** The connect frames that a Gateway saw. */
export interface SeenConnect {
  readonly auth: { readonly token?: string; readonly password?: string } | undefined;
  readonly device: { readonly signature: string };
  readonly pathEnv?: string;
}

export class MemoryCredentials implements CredentialSource {
  shared: ConnectCredential = { token: TOKEN };
  device: string | undefined;
  dropped = 0;

  async configured(): Promise<ConnectCredential> {
    return this.shared;
  }

  async deviceToken(): Promise<string | undefined> {
    return this.device;
  }

  async saveDeviceToken(token: string): Promise<void> {
    this.device = token;
  }

  async dropDeviceToken(): Promise<void> {
    this.dropped += 1;
    this.device = undefined;
  }
}

export interface Scene {
  readonly gateway: DevGateway;
  readonly link: GatewayLink;
  readonly credentials: MemoryCredentials;
  readonly states: readonly LinkState[];
  readonly connects: readonly SeenConnect[];
  /** The next state, from now on, that fits; else the first of the past. */
  readonly reached: (fits: (state: LinkState) => boolean) => Promise<LinkState>;
  /** Forgets the states so far. */
  readonly forget: () => void;
}

export async function linkScene(
  gatewayOptions: DevGatewayOptions = {},
  linkOptions: Partial<LinkOptions> = {},
  credentials: MemoryCredentials = new MemoryCredentials(),
): Promise<Scene> {
  const gateway = await startDevGateway({ token: TOKEN, ...gatewayOptions });
  const connects: SeenConnect[] = [];
  gateway.on((event) => {
    if (event.type !== "frame-in") return;
    const frame = event.frame as { readonly method?: string; readonly params?: SeenConnect };
    if (frame.method === "connect" && frame.params !== undefined) connects.push(frame.params);
  });
  const states: LinkState[] = [];
  const looks = new Set<() => void>();
  const link = new GatewayLink({
    endpoint: endpointFromParts({ host: "127.0.0.1", port: gateway.port, tls: false }),
    profile: {
      id: "node-host",
      mode: "node",
      version: "1.0.0",
      platform: "linux",
      deviceFamily: "Linux",
      role: "node",
      scopes: [],
      caps: ["system"],
      commands: ["system.which"],
      pathEnv: "/usr/bin:/bin",
    },
    identity: createDeviceIdentity(0).identity,
    credentials,
    everReady: true,
    delayFactor: 0.001,
    random: () => 0.5,
    onEvent: () => undefined,
    onState: (state) => {
      states.push(state);
      for (const look of looks) look();
    },
    ...linkOptions,
  });
  const end = link.run();
  onTestFinished(async () => {
    await link.close();
    await end;
    await gateway.close();
  });
  return {
    gateway,
    link,
    credentials,
    states,
    connects,
    reached: async (fits) =>
      await new Promise((resolve) => {
        const look = (): void => {
          const found = states.find(fits);
          if (found === undefined) return;
          looks.delete(look);
          resolve(found);
        };
        looks.add(look);
        look();
      }),
    forget: () => void states.splice(0),
  };
}
