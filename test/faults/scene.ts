// A host of ours behind a bad network, at work: what it ran, what was answered, and how soon it is back.
import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startDevGateway, type DevGateway, type DevGatewayOptions } from "@openclaw/dev-gateway";
import { expect, onTestFinished } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "../bad-input/host.ts";
import { connectRaw, type RawClient } from "../gateways/raw-client.ts";
import { newIdentity } from "../gateways/raw-identity.ts";
import type { NodeProcess } from "../scenarios/node-process.ts";
import { startFaultProxy, type FaultProxy } from "./fault-proxy.ts";

const TOKEN = "test-token-0123456789";
/** Invokes that are under way at the same time while there is load. */
const LANES = 4;

export interface FaultScene {
  readonly proxy: FaultProxy;
  readonly node: NodeProcess;
  readonly nodeId: string;
  gateway(): DevGateway;
  /** One run, asked for once; the answer's `ok`. */
  run(limitMs?: number): Promise<boolean>;
  /** What a run printed that prints so many characters. */
  output(chars: number): Promise<string>;
  /** Asks until a run is answered; milliseconds until then. */
  readyAgain(limitMs: number): Promise<number>;
  /** Runs, one after the other, in some lanes, until the returned function is called. */
  load(): () => Promise<void>;
  /** The same port and state, another process of thought. */
  restartGateway(how: "cut" | "shutdown"): Promise<void>;
  /** Nothing crashed, and no run was started or answered twice. */
  check(): Promise<void>;
}

export interface FaultSceneOptions {
  readonly gateway?: DevGatewayOptions;
  readonly args?: readonly string[];
  /** The host reaches the Gateway there and not through the proxy. */
  readonly gatewayHost?: string;
  /** What starts the host's process elsewhere. */
  readonly through?: readonly string[];
}

/** An approved, connected host; everything ends with the test. */
export async function faultScene(options: FaultSceneOptions = {}): Promise<FaultScene> {
  const { gatewayHost = "127.0.0.1", args = [], through = [] } = options;
  const dir = stateDir({ "exec-approvals.json": FULL_POLICY });
  const gatewayOptions = {
    token: TOKEN,
    tickIntervalMs: 1000,
    stateFile: join(stateDir(), "gateway.json"),
    host: gatewayHost,
    treatAsRemote: () => false,
    ...options.gateway,
  };
  let gateway = await startDevGateway(gatewayOptions);
  const { port } = gateway;
  const answers = new Map<string, number>();
  const watch = (): void => {
    gateway.on((event) => {
      if (event.type !== "frame-in") return;
      const { method, params } = event.frame as {
        readonly method?: string;
        readonly params?: { readonly id?: string };
      };
      if (method === "node.invoke.result")
        answers.set(String(params?.id), (answers.get(String(params?.id)) ?? 0) + 1);
    });
  };
  watch();
  const proxy = await startFaultProxy(() => port);
  const identity = newIdentity();
  let operator: RawClient | undefined;
  const asOperator = async (): Promise<RawClient> => {
    if (operator?.socket.closeInfo() !== undefined) operator = undefined;
    operator ??= await connectRaw(gateway.url, { role: "operator", token: TOKEN, identity });
    return operator;
  };
  const node = startHost({
    ...(gatewayHost === "127.0.0.1" ? { port: proxy.port } : { host: gatewayHost, port }),
    stateDir: dir,
    token: TOKEN,
    args,
    through,
  });
  onTestFinished(async () => {
    await operator?.close().catch(() => undefined);
    await proxy.close();
    await gateway.close();
  });
  const line = await node.line(/openclaw nodes approve [\w-]+/u);
  const requestId = /approve ([\w-]+)/u.exec(line)?.[1];
  const approved = await (await asOperator()).request("node.pair.approve", { requestId });
  const nodeId: string = approved.payload.node.nodeId;
  await node.line(/ready for work/u);

  const ledger = join(dir, "ran.txt");
  let asked = 0;
  const run = async (limitMs = 5000): Promise<boolean> => {
    asked += 1;
    const key = `run-${asked}`;
    const command = ["/bin/sh", "-c", 'echo "$0" >> "$1"', key, ledger];
    const params = {
      nodeId,
      command: "system.run",
      params: { command },
      idempotencyKey: key,
      timeoutMs: limitMs,
    };
    try {
      const answer = await (await asOperator()).request("node.invoke", params, limitMs + 1000);
      return answer.ok && answer.payload.payload.exitCode === 0;
    } catch {
      return false;
    }
  };
  const output = async (chars: number): Promise<string> => {
    const command = ["/bin/sh", "-c", `head -c ${chars} /dev/zero | tr '\\0' x`];
    const params = { nodeId, command: "system.run", params: { command }, idempotencyKey: `output-${chars}` };
    const answer = await (await asOperator()).request("node.invoke", { ...params, timeoutMs: 20_000 });
    return String(answer.payload.payload.stdout);
  };
  const scene: FaultScene = {
    output,
    proxy,
    node,
    nodeId,
    gateway: () => gateway,
    run,
    readyAgain: async (limitMs) => {
      const begun = performance.now();
      while (performance.now() - begun < limitMs) {
        if (await run(1000)) return performance.now() - begun;
        await pause(50);
      }
      throw new Error(`not ready in ${limitMs} ms:\n${node.output()}`);
    },
    load: () => {
      const over = new AbortController();
      const lanes = Array.from({ length: LANES }, async () => {
        while (!over.signal.aborted) if (!(await run(1000))) await pause(20);
      });
      return async () => {
        over.abort();
        await Promise.all(lanes);
      };
    },
    restartGateway: async (how) => {
      if (how === "cut") gateway.closeClients("cut");
      await gateway.close({ restart: true });
      gateway = await startDevGateway({ ...gatewayOptions, port });
      watch();
    },
    check: async () => {
      expect(node.child.exitCode).toBeNull();
      expectReadable(node.output());
      expect([...answers].filter(([, times]) => times > 1)).toEqual([]);
      const ran = existsSync(ledger) ? readFileSync(ledger, "utf8").trim().split("\n") : [];
      expect(new Set(ran).size).toBe(ran.length);
      expect(await node.stop()).toBe(0);
    },
  };
  return scene;
}
