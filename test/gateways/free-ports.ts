// Finds free TCP ports on 127.0.0.1 for servers that a test starts.
import { once } from "node:events";
import { createServer } from "node:net";
import type { Server } from "node:net";

/** The first of `count` consecutive ports that were all free a moment ago. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = await listenOn(0);
    const port = portOf(first);
    const more = Array.from({ length: count - 1 }, (_, index) => listenOn(port + 1 + index));
    const results = await Promise.allSettled(more);
    const servers = [first, ...results.flatMap((r) => (r.status === "fulfilled" ? [r.value] : []))];
    await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
    if (servers.length === count) return port;
  }
}

/** The TCP port that a listening server has. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("the server does not listen on a port");
  return address.port;
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
