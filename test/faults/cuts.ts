// How soon hosts are back: `node test/faults/cuts.ts 3` (rounds). Prints the times from the beginning of each cut of a
// second, while the Gateway lives, to the next hello; where the Gateway is gone, from its return. Fails beyond the promise.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startDevGateway } from "@openclaw/dev-gateway";
import { nodeIdOf } from "../scenarios/world.ts";
import { startNode } from "../scenarios/node-process.ts";
import { startFaultProxy } from "./fault-proxy.ts";

const TOKEN = "test-token-0123456789";
const HOSTS = 5;
const CUT_MS = 1000;
const DOWN_MS = 4000;
/** A session that lived so long counts as stable. */
const STABLE_MS = 10_500;
const LIMIT_MS = 60_000;
const rounds = Number(process.argv[2] ?? "3");

const dir = mkdtempSync(join(tmpdir(), "openclaw-cuts-"));
const options = { token: TOKEN, stateFile: join(dir, "gateway.json") };
let gateway = await startDevGateway(options);
const { port } = gateway;
const proxy = await startFaultProxy(() => port);
const seen = new Map<string, () => void>();
const watch = (): void => {
  gateway.on((event) => {
    if (event.type === "client-connected") seen.get(event.client.deviceId ?? "")?.();
  });
};
watch();

/** Resolves when the time counts from which a host is late. */
const FAULTS: Readonly<Record<string, () => Promise<void>>> = {
  "a cut, then a second of resets": async () => {
    proxy.set({ cutAfterBytes: 0 });
    proxy.cut();
    setTimeout(() => proxy.set({}), CUT_MS);
  },
  "a cut, then a second of silence": async () => {
    proxy.set({ hold: ["up", "down"] });
    proxy.cut();
    setTimeout(() => proxy.set({}), CUT_MS);
  },
  "a mere cut": async () => proxy.cut(),
  "a Gateway that says shutdown and is gone for 4 s": async () => {
    await gateway.close({ restart: true });
    await pause(DOWN_MS);
    gateway = await startDevGateway({ ...options, port });
    watch();
  },
  "a port that is closed for 4 s": async () => {
    await proxy.stopListening();
    await pause(DOWN_MS);
    await proxy.listenAgain();
  },
};

const hosts = Array.from({ length: HOSTS }, (_, at) =>
  startNode({ port: proxy.port, token: TOKEN, stateDir: join(dir, String(at)) }),
);
for (const host of hosts) await host.line(/openclaw nodes approve [\w-]+/u);
const ids = hosts.map(nodeIdOf);

async function backOf(id: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${id} is not back`)), LIMIT_MS);
    seen.set(id, () => {
      clearTimeout(timer);
      seen.delete(id);
      resolve(performance.now());
    });
  });
}

for (const [name, begin] of Object.entries(FAULTS)) {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await pause(STABLE_MS);
    const back = Promise.all(ids.map(backOf));
    const called = performance.now();
    await begin();
    const from = name.includes("4 s") ? performance.now() : called;
    times.push(...(await back).map((at) => Math.round(at - from)));
  }
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const slowest = sorted.at(-1) ?? 0;
  // A moment for the handshake itself.
  if (name.includes("4 s") ? slowest > 20_500 : median > 2000) process.exitCode = 1;
  console.log(`${name}: median ${median} ms, slowest ${slowest} ms of ${sorted.length}: ${sorted.join(" ")}`);
}
await Promise.all(hosts.map(async (host) => await host.stop()));
await proxy.close();
await gateway.close();
rmSync(dir, { recursive: true, force: true });
