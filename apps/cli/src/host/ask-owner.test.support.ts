import { once } from "node:events";
import { statSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { serveControlSocket } from "./control-socket.ts";
import { dispatchInvoke } from "./dispatch.ts";
import type { InvokeAnswer } from "./host-context.ts";
import { hostScene, type HostScene } from "./host-scene.test.support.ts";
import type { NodeFile } from "./node-file.ts";
import { PromptBroker } from "./prompt-broker.ts";
import { serveWatch } from "./serve-watch.ts";
import { WATCH_METHOD, type WatchEvent } from "./watch-protocol.ts";

export const INVOKE_MS = 20_000;

const ASKS = {
  version: 1,
  defaults: { security: "allowlist", ask: "on-miss", askFallback: "deny" },
  agents: { main: { allowlist: [] } },
};

type Kind = WatchEvent["event"];

/** A program that watches over the real socket, line by line. */
export interface TestWatcher {
  /** The next event of this kind; what comes before it is skipped. */
  next<K extends Kind>(kind: K): Promise<Extract<WatchEvent, { event: K }>>;
  answer(id: string, decision: string): void;
  line(text: string): void;
  close(): void;
}

export interface OwnerScene extends HostScene {
  /** A file that is not there yet. */
  readonly file: string;
  readonly watch: (name?: string) => Promise<TestWatcher>;
  readonly run: (
    command: readonly string[],
    more?: object,
    timeoutMs?: number,
  ) => { readonly answer: Promise<InvokeAnswer>; readonly abort: AbortController };
}

/** A host whose policy asks, and its control socket. */
export async function ownerScene(node: Partial<NodeFile> = {}): Promise<OwnerScene> {
  const broker = new PromptBroker();
  const scene = hostScene(ASKS, {
    prompts: { broker, gateway: "ws://gw" },
    node: { version: 1, nodeId: "n-1", ...node },
  });
  const path = join(scene.dir, "node.sock");
  const server = await serveControlSocket(path, () => ({ ok: true }), {
    [WATCH_METHOD]: serveWatch(broker, scene.context.log),
  });
  onTestFinished(async () => await server.close());
  return {
    ...scene,
    file: join(scene.dir, "made"),
    watch: async (name) => await connectWatcher(path, name),
    run: (command, more = {}, timeoutMs = INVOKE_MS) => {
      const abort = new AbortController();
      const paramsJSON = JSON.stringify({ command, agentId: "main", ...more });
      const request = { id: "i-1", nodeId: "d", command: "system.run", paramsJSON };
      const call = {
        id: "i-1",
        signal: abort.signal,
        protocol: 4,
        prepareSeen: false,
        timeoutMs,
        maxPayloadBytes: 400_000,
        sendEvent: () => undefined,
      };
      return { answer: dispatchInvoke(request, call, scene.context), abort };
    },
  };
}

async function connectWatcher(path: string, name?: string): Promise<TestWatcher> {
  const socket = createConnection(path);
  socket.on("error", () => undefined);
  const lines = createInterface(socket)[Symbol.asyncIterator]();
  await once(socket, "connect");
  const write = (text: string): void => void socket.write(`${text}\n`);
  write(JSON.stringify({ method: WATCH_METHOD, params: { name } }));
  const watcher: TestWatcher = {
    next: async (kind) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`the host hung up before ${kind}`);
        const event = JSON.parse(value) as WatchEvent;
        if (event.event === kind) return event as never;
      }
    },
    answer: (id, decision) => write(JSON.stringify({ id, decision })),
    line: write,
    close: () => socket.destroy(),
  };
  await watcher.next("watching");
  return watcher;
}

export function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
