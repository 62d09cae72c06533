// A TCP proxy that does to a connection what networks do: cuts, silence, delay, slowness, damage.
import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** `up` runs from the host to the Gateway, `down` back. */
export type Direction = "up" | "down";

/** What the network does at the moment; nothing given is a good network. */
export interface Fault {
  /** Bytes are kept back and go on later; closes are kept back as well. */
  readonly hold?: readonly Direction[];
  /** Before each piece goes on; milliseconds. */
  readonly delayMs?: number;
  /** Bytes of one piece. */
  readonly pieceBytes?: number;
  readonly damage?: (piece: Buffer, direction: Direction) => Buffer;
  /** Every new connection is cut after so many bytes to the host. */
  readonly cutAfterBytes?: number;
}

interface Pair {
  readonly host: Socket;
  readonly gateway: Socket;
  frozen: readonly Direction[];
}

export interface FaultProxy {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
  set(fault: Fault): void;
  /** The connections that exist now pass nothing any more, for ever; new ones are well. */
  freeze(directions?: readonly Direction[]): void;
  cut(): void;
  /** Bytes that the host reads as if the Gateway had sent them. */
  inject(bytes: Buffer): Promise<void>;
  /** Nobody listens any more; a connection is refused. */
  stopListening(): Promise<void>;
  listenAgain(): Promise<void>;
  close(): Promise<void>;
}

export async function startFaultProxy(target: () => number): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  const wakers = new Set<() => void>();
  let fault: Fault = {};
  let count = 0;
  const over = new AbortController();

  const held = (pair: Pair, direction: Direction): boolean =>
    pair.frozen.includes(direction) || (fault.hold?.includes(direction) ?? false);
  const unlessHeld = async (pair: Pair, direction: Direction): Promise<void> => {
    while (held(pair, direction) && !over.signal.aborted) await new Promise<void>((wake) => wakers.add(wake));
  };
  const wakeAll = (): void => {
    for (const wake of wakers) wake();
    wakers.clear();
  };

  const pump = async (pair: Pair, direction: Direction): Promise<void> => {
    const [from, to] = direction === "up" ? [pair.host, pair.gateway] : [pair.gateway, pair.host];
    let left =
      direction === "down" ? (fault.cutAfterBytes ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length;) {
          await unlessHeld(pair, direction);
          const end = at + Math.min(fault.pieceBytes ?? chunk.length, left);
          const piece = chunk.subarray(at, end);
          if (fault.delayMs !== undefined) await pause(fault.delayMs);
          at = end;
          left -= piece.length;
          if (!to.write(fault.damage?.(Buffer.from(piece), direction) ?? piece)) await once(to, "drain");
          if (left === 0) throw new Error("cut");
        }
      }
      await unlessHeld(pair, direction);
      to.end();
    } catch {
      await unlessHeld(pair, direction);
      pair.host.destroy();
      pair.gateway.destroy();
    }
  };

  const server = createServer({ allowHalfOpen: true }, (host) => {
    count += 1;
    const gateway = connect({ port: target(), host: "127.0.0.1", allowHalfOpen: true });
    const pair: Pair = { host, gateway, frozen: [] };
    pairs.add(pair);
    for (const socket of [host, gateway])
      socket
        .on("error", () => undefined)
        .setNoDelay(true)
        .setMaxListeners(0);
    void Promise.allSettled([pump(pair, "up"), pump(pair, "down")]).then(() => pairs.delete(pair));
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const cut = (): void => {
    for (const { host, gateway } of pairs) {
      host.resetAndDestroy();
      gateway.destroy();
    }
  };
  const port = await listen(0);
  return {
    port,
    get connections() {
      return count;
    },
    set: (next) => {
      fault = next;
      wakeAll();
    },
    freeze: (directions = ["up", "down"]) => {
      for (const pair of pairs) pair.frozen = directions;
    },
    cut,
    inject: async (bytes) => {
      for (const { host } of pairs) {
        if (host.destroyed || host.write(bytes)) continue;
        await Promise.race([once(host, "drain"), once(host, "close")]).catch(() => undefined);
      }
    },
    stopListening: async () => {
      const gone = once(server, "close");
      server.close();
      cut();
      await gone;
    },
    listenAgain: async () => void (await listen(port)),
    close: async () => {
      over.abort();
      wakeAll();
      cut();
      if (server.listening) server.close();
    },
  };
}
