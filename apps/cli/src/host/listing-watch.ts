import type { Session } from "@openclaw/gateway-connection";
import type { EventFrame } from "@openclaw/protocol";

/** What is known of this node's place in its Gateway's list of connected nodes. Numbers count ticks. */
export interface Listing {
  /** Since the last one that the Gateway sent through its list. */
  readonly missed: number;
  /** Sent through the list on this connection. */
  readonly own: number;
  /** Connections in a row that were made anew because of this. */
  readonly renewals: number;
  /** This Gateway has sent ticks through its list. */
  readonly known: boolean;
  /** The node is no longer in the list, that is certain. */
  readonly lost: boolean;
  /** The connection has to be made anew. */
  readonly due: boolean;
}

/** `tick` goes to every client, `own-tick` through the list; `renewed` is a hello that was asked for by this. */
export type ListingEvent = "hello" | "renewed" | "tick" | "own-tick";

/** Ticks without one's own until the first, the second and every later renewal: 1, 4 and 16 minutes, by then TCP has given up, too. */
const PATIENCE = [2, 8, 32] as const;
/** Own ticks after which a connection counts as settled. */
const SETTLED = 32;

export const NO_LISTING: Listing = {
  missed: 0,
  own: 0,
  renewals: 0,
  known: false,
  lost: false,
  due: false,
};

export function nextListing(listing: Listing, event: ListingEvent): Listing {
  const { known, lost, due, own, renewals } = listing;
  if (event === "own-tick") {
    const settled = own + 1 >= SETTLED;
    // Back in the list, but the link is on its way to its end already.
    const over = due || lost;
    return { ...listing, missed: 0, own: own + 1, known: true, renewals: settled ? 0 : renewals, due: over };
  }
  if (event !== "tick") return { ...NO_LISTING, known, renewals: event === "renewed" ? renewals + 1 : 0 };
  const missed = listing.missed + 1;
  // A Gateway that never sends any proves nothing: it is tried some times and then left alone.
  const enough = missed >= (PATIENCE[renewals] ?? PATIENCE[2]) && (known || renewals < PATIENCE.length);
  return { ...listing, missed, lost: lost || (known && missed >= PATIENCE[0]), due: due || enough };
}

export interface ListingWatchOptions {
  readonly isIdle: () => boolean;
  /** Called once a connection, when it is certain. */
  readonly onLost: () => void;
  /** Closes the session and connects again. */
  readonly reconnect: () => void;
  readonly random?: () => number;
}

/**
 * Finds out that a Gateway has taken this node out of its list while its connection lives. Gateways before protocol 4
 * do that when an older socket of the same device ends, however late they notice (protocol section 4.1). No method
 * tells; but besides its broadcast (which has a `seq`) a tick goes through that list to every node that follows a session.
 */
export class ListingWatch {
  readonly #options: ListingWatchOptions;
  #listing = NO_LISTING;
  #tickMs = 0;
  #renewing = false;
  #timer: NodeJS.Timeout | undefined;
  /** The wait that spreads the nodes of one Gateway is over. */
  #mayRenew = false;

  constructor(options: ListingWatchOptions) {
    this.#options = options;
  }

  onReady(session: Pick<Session, "hello" | "request">): void {
    this.close();
    this.#listing = nextListing(this.#listing, this.#renewing ? "renewed" : "hello");
    this.#renewing = false;
    const { hello } = session;
    if (hello.protocol > 3) return;
    this.#tickMs = hello.policy.tickIntervalMs;
    // A session that does not exist: nothing but ticks and the Gateway's health comes of it.
    const payloadJSON = JSON.stringify({ sessionKey: "openclaw-node-listing" });
    session.request("node.event", { event: "chat.subscribe", payloadJSON }).catch(() => undefined);
  }

  onEvent({ event, seq }: EventFrame): void {
    if (event !== "tick" || this.#tickMs === 0) return;
    const before = this.#listing;
    this.#listing = nextListing(before, seq === undefined ? "own-tick" : "tick");
    const { lost, due } = this.#listing;
    if (lost && !before.lost) this.#options.onLost();
    if (!due) return;
    // All nodes of a Gateway may have lost their old sockets at the same time.
    this.#timer ??= setTimeout(
      () => {
        this.#mayRenew = true;
        this.#renew();
      },
      this.#tickMs * (this.#options.random ?? Math.random)(),
    );
    this.#renew();
  }

  /** The connection ended, or the host stops. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tickMs = 0;
    this.#mayRenew = false;
  }

  #renew(): void {
    if (!this.#mayRenew || !this.#options.isIdle()) return;
    this.close();
    this.#renewing = true;
    this.#options.reconnect();
  }
}
