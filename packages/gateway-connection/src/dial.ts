import { connect, isIP, type Socket } from "node:net";
import { CONNECTION_LIMITS, type ConnectionLimits } from "./limits.ts";
import { describeOpenError, type OpenPlace } from "./open-error.ts";

export interface DialOptions {
  /** All addresses of a name, as the system orders them; asked anew for each connection. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  /** Called when the addresses are known and none was tried yet. */
  readonly onResolved?: (() => void) | undefined;
  readonly limits?: Pick<ConnectionLimits, "addresses" | "nextAddressMs">;
}

/**
 * A TCP connection to the first address that answers. Both families are tried in turn, each a moment after the one
 * before, and none is given up because another one was begun (RFC 8305). Rejects with `unreachable`, or the signal's reason.
 */
export async function dial(
  place: OpenPlace,
  giveUp: AbortSignal,
  options: DialOptions = {},
): Promise<Socket> {
  const { lookup = systemLookup, onResolved, limits = CONNECTION_LIMITS } = options;
  const addresses =
    isIP(place.host) === 0 ? await unlessGivenUp(lookup(place.host), place, giveUp) : [place.host];
  giveUp.throwIfAborted();
  onResolved?.();
  const inTurn = alternating(addresses).slice(0, limits.addresses);
  return await firstToAnswer(inTurn, place, giveUp, limits.nextAddressMs);
}

async function systemLookup(host: string): Promise<readonly string[]> {
  const { lookup } = await import("node:dns/promises");
  return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
}

/** A look-up cannot be stopped; nobody has to wait for it. */
async function unlessGivenUp(
  looked: Promise<readonly string[]>,
  place: OpenPlace,
  giveUp: AbortSignal,
): Promise<readonly string[]> {
  return await new Promise((resolve, reject) => {
    const onGiveUp = (): void => reject(giveUp.reason);
    giveUp.addEventListener("abort", onGiveUp, { once: true });
    if (giveUp.aborted) onGiveUp();
    looked
      .then(resolve, (cause: Error) => reject(describeOpenError(place, cause)))
      .finally(() => giveUp.removeEventListener("abort", onGiveUp));
  });
}

/** The same addresses, the families in turn, beginning with the one that the system puts first. */
export function alternating(addresses: readonly string[]): readonly string[] {
  const first = addresses.filter((address) => isIP(address) === isIP(addresses[0] ?? ""));
  const second = addresses.filter((address) => !first.includes(address));
  return Array.from({ length: Math.max(first.length, second.length) }, (_, at) => [first[at], second[at]])
    .flat()
    .filter((address) => address !== undefined);
}

async function firstToAnswer(
  addresses: readonly string[],
  place: OpenPlace,
  giveUp: AbortSignal,
  nextAddressMs: number,
): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const open = new Set<Socket>();
    const failures: NodeJS.ErrnoException[] = [];
    let next = 0;
    let timer: NodeJS.Timeout | undefined;
    const settle = (kept?: Socket): void => {
      clearTimeout(timer);
      giveUp.removeEventListener("abort", onGiveUp);
      for (const socket of open) if (socket !== kept) socket.destroy();
    };
    const onGiveUp = (): void => {
      settle();
      reject(giveUp.reason);
    };
    const tryNext = (): void => {
      clearTimeout(timer);
      const host = addresses[next];
      next += 1;
      if (host === undefined) {
        if (open.size > 0) return;
        settle();
        reject(describeOpenError(place, mostTelling(failures, place.host)));
        return;
      }
      const socket = connect({ host, port: place.port });
      open.add(socket);
      // Stays attached: whoever uses the stream hears of its end by other means, and there is a turn without anybody.
      socket.on("error", (error) => {
        if (!open.delete(socket)) return;
        failures.push(error);
        tryNext();
      });
      socket.once("connect", () => {
        settle(socket);
        open.clear();
        socket.setNoDelay(true);
        resolve(socket);
      });
      timer = setTimeout(tryNext, nextAddressMs);
    };
    giveUp.addEventListener("abort", onGiveUp, { once: true });
    if (giveUp.aborted) onGiveUp();
    else tryNext();
  });
}

/** A refused connection says that the machine is there; a missing route to one of two families says nothing. */
function mostTelling(failures: readonly NodeJS.ErrnoException[], host: string): Error {
  const by = (code: string): Error | undefined => failures.find((failure) => failure.code === code);
  const none = Object.assign(new Error(`no address for ${host}`), { code: "ENOTFOUND" });
  return by("ECONNREFUSED") ?? by("ETIMEDOUT") ?? failures[0] ?? none;
}
