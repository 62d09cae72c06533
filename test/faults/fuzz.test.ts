import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import { expectReadable, startHost, stateDir } from "../bad-input/host.ts";
import { HELLO } from "../bad-input/scripted-gateway.ts";
import { frameGenerator } from "./generate-frames.ts";

/** A share of the million that `OPENCLAW_FUZZ_FRAMES=1000000` asks for; docs/connecting.md has its figures. */
const FRAMES = Number(process.env["OPENCLAW_FUZZ_FRAMES"] ?? "100000");
const BATCH = 10_000;
const SEED = Number(process.env["OPENCLAW_FUZZ_SEED"] ?? "20260906");

interface Fuzzed {
  readonly socket: WebSocket;
  readonly nodeId: string;
  /** Ids of the invokes that were answered. */
  readonly answers: ReadonlySet<string>;
  /** Ids that were answered again: the host remembers all of the last ten minutes. */
  readonly again: readonly string[];
  readonly answered: (id: string) => Promise<void>;
}

/** A host at a server that says what a test wants, and takes every answer. */
async function connectedHost(): Promise<Fuzzed & { readonly host: ReturnType<typeof startHost> }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const connected = once(server, "connection");
  const dir = stateDir({ "exec-approvals.json": '{"version":1,"defaults":{"security":"deny","ask":"off"}}' });
  const host = startHost({
    port: (server.address() as AddressInfo).port,
    stateDir: dir,
    args: ["--log-level", "error"],
  });
  const [socket] = (await connected) as [WebSocket];
  const answers = new Set<string>();
  const again: string[] = [];
  const waiting = new Map<string, () => void>();
  const nodeId = await new Promise<string>((resolve) => {
    socket.on("message", (data: Buffer) => {
      const { id, method, params } = JSON.parse(data.toString("utf8"));
      if (method === "connect") {
        socket.send(JSON.stringify({ type: "res", id, ok: true, payload: HELLO }));
        resolve(params.device.id);
        return;
      }
      socket.send(JSON.stringify({ type: "res", id, ok: true, payload: { ok: true } }));
      if (method !== "node.invoke.result") return;
      if (answers.has(params.id)) again.push(params.id);
      answers.add(params.id);
      waiting.get(params.id)?.();
    });
    socket.send(
      JSON.stringify({ type: "event", event: "connect.challenge", payload: { nonce: "n", ts: Date.now() } }),
    );
  });
  return {
    host,
    socket,
    nodeId,
    answers,
    again,
    answered: async (id) => {
      if (!answers.has(id)) await new Promise<void>((resolve) => waiting.set(id, resolve));
      waiting.delete(id);
    },
  };
}

function residentMib(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0") / 1024;
}

describe("a host under generated frames", { timeout: 600_000 }, () => {
  it(`bears ${FRAMES} of them without a crash, a hang, growth, or an answer too many`, async () => {
    const { host, socket, nodeId, answers, again, answered } = await connectedHost();
    const generator = frameGenerator(SEED, nodeId);
    const memory: number[] = [];
    for (let sent = 0; sent < FRAMES; sent += BATCH) {
      for (let n = 0; n < BATCH; n += 1) socket.send(generator.next());
      // A hang would show here: the host still answers what is asked after all that.
      const id = `ok-${sent}`;
      const payload = { id, nodeId, command: "system.which", paramsJSON: '{"bins":["sh"]}' };
      socket.send(JSON.stringify({ type: "event", event: "node.invoke.request", payload }));
      await answered(id);
      memory.push(residentMib(host.child.pid));
    }
    expect(host.child.exitCode).toBeNull();
    expectReadable(host.output());
    expect(again).toEqual([]);
    expect(answers.size).toBeGreaterThan(FRAMES / 100);
    const third = Math.floor(memory.length / 3);
    const most = (from: number, to?: number): number => Math.max(...memory.slice(from, to));
    expect(most(2 * third) - most(third, 2 * third)).toBeLessThan(30);
    console.log(
      `${FRAMES} frames, ${answers.size} answers, seed ${SEED}, at most ${Math.round(most(0))} MiB`,
    );
    expect(await host.stop()).toBe(0);
  });
});
