import {
  GatewayLink,
  type CredentialSource,
  type DeviceIdentity,
  type GatewayEndpoint,
  type GatewayWay,
  type LinkEnd,
  type LinkState,
} from "@openclaw/gateway-connection";
import type { ClientProfile, Session } from "@openclaw/gateway-connection";
import type { EventFrame, HelloOk } from "@openclaw/protocol";
import type { HostContext } from "./host-context.ts";
import { Invokes } from "./invokes.ts";
import { problemIn, type LinkProblem } from "./last-problem.ts";
import { ListingWatch } from "./listing-watch.ts";
import { RepeatedLines } from "./repeated-lines.ts";
import { describeLink, describeSurface, type StateLine } from "./state-messages.ts";
import { missingApproval, SurfaceWatch, type SurfaceState } from "./surface-watch.ts";

export interface NodeHostOptions {
  readonly endpoint: GatewayEndpoint;
  readonly profile: ClientProfile;
  readonly identity: DeviceIdentity;
  readonly credentials: CredentialSource;
  readonly context: HostContext;
  readonly everReady: boolean;
  readonly way?: GatewayWay;
  /** Multiplies every waiting time; for tests. */
  readonly delayFactor?: number;
  /** Called at each hello, before any invoke and any word about it. */
  readonly onHello?: (hello: HelloOk) => void;
  /** Called when the Gateway is known to have approved other commands than before. */
  readonly onApproved?: (commands: readonly string[]) => void;
  /** Called when `status` may be another one than before. */
  readonly onChange?: () => void;
}

export interface HostStatus {
  readonly link: LinkState;
  readonly surface: SurfaceState;
  readonly declared: readonly string[];
  readonly activeInvokes: number;
  /** From a ping of ours to its answer, the last time; milliseconds. */
  readonly roundTripMs: number | undefined;
  /** The last one, also when it is over. */
  readonly problem: LinkProblem | undefined;
}

/** The running node host: one link to a Gateway, the invokes that come over it, and what a person reads about both. */
export class NodeHost {
  readonly #options: NodeHostOptions;
  readonly #link: GatewayLink;
  readonly #invokes: Invokes;
  readonly #surface: SurfaceWatch;
  readonly #listing: ListingWatch;
  readonly #repeated = new RepeatedLines();
  /** Of the session in use: a state of the link that belongs to the same hello is no new session. */
  #hello: HelloOk | undefined;
  #problem: LinkProblem | undefined;

  constructor(options: NodeHostOptions) {
    this.#options = options;
    const { context, identity } = options;
    this.#invokes = new Invokes(context, identity.deviceId);
    this.#surface = new SurfaceWatch({
      declared: options.profile.commands ?? [],
      approved: context.node.approvedCommands,
      onApproved: options.onApproved,
      onState: (state) => {
        this.#say(describeSurface(state));
        this.#tellLink();
        options.onChange?.();
      },
      reconnect: () => void this.#link.reconnect("taking in the approved commands"),
    });
    this.#listing = new ListingWatch({
      isIdle: () => this.#invokes.activeCount === 0,
      onLost: () => this.#link.drain("the Gateway has lost this node from its list"),
      reconnect: () => void this.#link.reconnect("back into the Gateway's list"),
    });
    this.#link = new GatewayLink({
      ...options,
      onEvent: (event, session) => this.#onEvent(event, session),
      onState: (state) => {
        this.#onLinkState(state);
        options.onChange?.();
      },
    });
  }

  get status(): HostStatus {
    return {
      link: this.#link.state,
      surface: this.#surface.state,
      declared: this.#options.profile.commands ?? [],
      activeInvokes: this.#invokes.activeCount,
      roundTripMs: this.#link.session?.roundTripMs,
      problem: this.#problem,
    };
  }

  /** Stays until `stop` is called or only a person can help. */
  async run(): Promise<LinkEnd> {
    try {
      return await this.#link.run();
    } finally {
      this.#surface.close();
      this.#listing.close();
      await this.#invokes.close();
    }
  }

  /** Ends running commands, answers them, closes the link; done within the kill grace and a second. */
  async stop(): Promise<void> {
    this.#link.drain("the host stops");
    this.#surface.close();
    this.#listing.close();
    await this.#invokes.close();
    await this.#link.close("node host stopped");
  }

  #onEvent(event: EventFrame, session: Session): void {
    if (event.event === "node.invoke.request") this.#surface.onInvoke(commandOf(event));
    this.#surface.onEvent(event);
    this.#listing.onEvent(event);
    this.#invokes.onEvent(event, session);
  }

  #onLinkState(state: LinkState): void {
    this.#problem = problemIn(state) ?? this.#problem;
    if (state.phase === "ready") {
      if (state.hello === this.#hello) {
        this.#say(describeLink(state, this.#options.endpoint));
        return;
      }
      this.#hello = state.hello;
      const { session } = this.#link;
      this.#options.onHello?.(state.hello);
      this.#say(describeLink(state, this.#options.endpoint));
      if (session !== undefined) {
        this.#surface.onReady(session);
        this.#listing.onReady(session);
        this.#tellLink();
        this.#options.context.skills.onReady(session);
        this.#invokes.onReady(session);
        void this.#invokes.prepare();
      }
      return;
    }
    this.#hello = undefined;
    this.#listing.close();
    // The Gateway has reported a failure for whatever ran on the lost connection and may run it again.
    this.#invokes.endSession();
    this.#options.context.skills.onEnd();
    this.#say(describeLink(state, this.#options.endpoint));
  }

  #tellLink(): void {
    const { why, requestId } = missingApproval(this.#surface.state);
    this.#link.surface(why, requestId);
  }

  #say(line: StateLine | undefined): void {
    if (line === undefined) return;
    const { level, text } = this.#repeated.quieted(line);
    this.#options.context.log[level](text);
  }
}

function commandOf({ payload }: EventFrame): string {
  const command: unknown =
    typeof payload === "object" && payload !== null ? Reflect.get(payload, "command") : undefined;
  return typeof command === "string" ? command : "";
}
