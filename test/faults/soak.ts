// A host at work for a long time on a network that is never well for long: `node test/faults/soak.ts 30` (minutes).
// Prints one line a minute; fails when something crashed, ran or was answered twice, when memory grew, or when it was back too late.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startDevGateway } from "@openclaw/dev-gateway";
import { connectRaw, type RawClient } from "../gateways/raw-client.ts";
import { newIdentity } from "../gateways/raw-identity.ts";
import { startNode } from "../scenarios/node-process.ts";
import { startFaultProxy, type FaultProxy } from "./fault-proxy.ts";
import { rawFrame } from "./raw-frames.ts";

const TOKEN = "test-token-0123456789";
/** What a Gateway that is gone may take by the delays of the host, and the longest fault that may lie in between. */
const SLOWEST_MS = 35_000;
const minutes = Number(process.argv[2] ?? "30");
const dir = mkdtempSync(join(tmpdir(), "openclaw-soak-"));
writeFileSync(join(dir, "exec-approvals.json"), '{"version":1,"defaults":{"security":"full","ask":"off"}}', {
  mode: 0o600,
});
const options = { token: TOKEN, tickIntervalMs: 2000, stateFile: join(dir, "gateway.json") };
let gateway = await startDevGateway(options);
const { port } = gateway;
const proxy = await startFaultProxy(() => port);
const answers = new Map<string, number>();
const watch = (): void => {
  gateway.on((event) => {
    if (event.type !== "frame-in") return;
    const { method, params } = event.frame as { method?: string; params?: { id?: string } };
    const id = params?.id ?? "";
    if (method === "node.invoke.result") answers.set(id, (answers.get(id) ?? 0) + 1);
  });
};
watch();

const host = startNode({ port: proxy.port, token: TOKEN, stateDir: join(dir) });
const identity = newIdentity();
let operator: RawClient | undefined;
async function asOperator(): Promise<RawClient> {
  if (operator?.socket.closeInfo() !== undefined) operator = undefined;
  operator ??= await connectRaw(gateway.url, { role: "operator", token: TOKEN, identity });
  return operator;
}
const line = await host.line(/openclaw nodes approve [\w-]+/u);
const requestId = /approve ([\w-]+)/u.exec(line)?.[1];
const { payload } = await (await asOperator()).request("node.pair.approve", { requestId });
const nodeId: string = payload.node.nodeId;

const ledger = join(dir, "ran.txt");
let asked = 0;
let answered = 0;
async function run(): Promise<boolean> {
  asked += 1;
  const key = `run-${asked}`;
  const command = ["/bin/sh", "-c", 'echo "$0" >> "$1"; head -c 20000 /dev/zero', key, ledger];
  const params = { nodeId, command: "system.run", params: { command }, idempotencyKey: key, timeoutMs: 2000 };
  const answer = await asOperator()
    .then(async (one) => await one.request("node.invoke", params, 3000))
    .catch(() => ({ ok: false }));
  if (answer.ok) answered += 1;
  return answer.ok;
}

const FAULTS: readonly ((at: FaultProxy) => unknown)[] = [
  (at) => at.cut(),
  (at) => at.freeze(),
  (at) => at.freeze(["up"]),
  (at) => at.set({ hold: ["up", "down"] }),
  (at) => at.set({ delayMs: 100 }),
  (at) => at.set({ pieceBytes: 200, delayMs: 5 }),
  (at) =>
    at.set({
      damage: (piece) => {
        piece[Math.floor(piece.length / 2)] = 0x41;
        return piece;
      },
    }),
  async (at) => await at.inject(Buffer.concat(Array.from({ length: 20_000 }, () => rawFrame({ opcode: 9 })))),
  async (at) => await at.inject(rawFrame({ payload: `"${"x".repeat(8_000_000)}"` })),
  async (at) => await at.inject(rawFrame({ masked: true, payload: "{}" })),
  async () => {
    gateway.closeClients("cut");
    await gateway.close();
    gateway = await startDevGateway({ ...options, port });
    watch();
  },
];

const begun = performance.now();
const over = (): boolean => performance.now() - begun > minutes * 60_000 || host.child.exitCode !== null;
const lanes = Array.from({ length: 2 }, async () => {
  while (!over()) {
    await run();
    await pause(100);
  }
});
/** The longest time from the end of a fault to the next answer; milliseconds. */
let slowest = 0;
let faults = 0;
const network = (async () => {
  while (!over()) {
    await FAULTS[faults % FAULTS.length]?.(proxy);
    faults += 1;
    await pause(3000);
    proxy.set({});
    const from = performance.now();
    while (!over() && !(await run())) await pause(100);
    if (!over()) slowest = Math.max(slowest, performance.now() - from);
    await pause(2000);
  }
})();

const memory: number[] = [];
while (!over()) {
  await pause(Math.min(60_000, (minutes * 60_000) / 6));
  const status = over() ? "" : readFileSync(`/proc/${host.child.pid}/status`, "utf8");
  const mib = Math.round(Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1] ?? "0") / 1024);
  if (mib > 0) memory.push(mib);
  const minute = ((performance.now() - begun) / 60_000).toFixed(1);
  console.log(
    `${minute} min: ${mib} MiB, ${faults} faults, ${asked} asked, ${answered} answered, slowest ${Math.round(slowest)} ms`,
  );
}
await Promise.all([...lanes, network]);
const ran = readFileSync(ledger, "utf8").trim().split("\n");
const half = Math.floor(memory.length / 2);
const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
const problems = [
  host.child.exitCode === null ? "" : "the host ended",
  new Set(ran).size === ran.length ? "" : "a run was started twice",
  [...answers.values()].every((times) => times === 1) ? "" : "an invoke was answered twice",
  /internal error|TypeError|Unhandled/u.test(host.output()) ? "an error of ours in the log" : "",
  mean(memory.slice(half)) <= mean(memory.slice(1, half)) * 1.1 + 5 ? "" : "memory grew",
  slowest < SLOWEST_MS ? "" : "it was too late back after a fault",
].filter((problem) => problem !== "");
await operator?.close().catch(() => undefined);
await host.stop();
await proxy.close();
await gateway.close();
rmSync(dir, { recursive: true, force: true });
console.log(problems.length === 0 ? `fine: ${ran.length} runs` : problems.join("; "));
process.exitCode = problems.length === 0 ? 0 : 1;
