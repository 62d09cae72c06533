import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { invokeAnswer, timedOutInvoke } from "../answer/route-outcome.ts";
import type { BrowserEra, InvokeAnswer } from "../answer/route-outcome.ts";
import { parseBrowserCall } from "../browser-call.ts";
import { admitBrowserCall } from "../call-policy.ts";
import type { EgressNetwork } from "../egress/reach-host.ts";
import type { EgressRecord } from "../egress/egress-record.ts";
import { ManagedBrowsers } from "./managed-browsers.ts";
import type { ManagedBrowserConfig } from "./managed-browsers.ts";

export type Answering = (incoming: IncomingMessage, answer: ServerResponse) => void;

export interface Site {
  readonly port: number;
  readonly origin: string;
  readonly requests: readonly string[];
  /** Resolves when a request for this path, query included, has come. */
  readonly asked: (path: string) => Promise<void>;
  /** Every connection that reached it, with or without a request. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** A web server on a free port of this machine. */
export async function startSite(answering: Answering): Promise<Site> {
  const requests: string[] = [];
  const waiting = new Map<string, () => void>();
  let connections = 0;
  const server: Server = createServer((incoming, answer) => {
    requests.push(`${incoming.method ?? ""} ${incoming.url ?? ""}`);
    answering(incoming, answer);
    waiting.get(incoming.url ?? "")?.();
  });
  const asked = (path: string): Promise<void> =>
    new Promise((resolve) => {
      waiting.set(path, resolve);
      if (requests.some((request) => request.endsWith(` ${path}`))) resolve();
    });
  server.on("connection", () => (connections += 1));
  server.on("upgrade", (incoming, socket) => {
    requests.push(`UPGRADE ${incoming.url ?? ""}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    port,
    origin: `http://127.0.0.1:${String(port)}`,
    requests,
    asked,
    connections: () => connections,
    close,
  };
}

export function html(answer: ServerResponse, text: string): void {
  answer.setHeader("content-type", "text/html; charset=utf-8");
  answer.end(text);
}

export interface Scene {
  readonly stateDir: string;
  readonly browsers: ManagedBrowsers;
  readonly egress: readonly EgressRecord[];
  readonly log: readonly string[];
  readonly invoke: (params: object, era?: BrowserEra, signal?: AbortSignal) => Promise<InvokeAnswer>;
  /** The result of a call that has to succeed. */
  readonly result: (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

export interface SceneOptions {
  readonly config?: ManagedBrowserConfig;
  readonly idleMs?: number;
  readonly network?: EgressNetwork;
  readonly opened?: readonly string[];
}

/** Real browsers in a state directory of their own, with loopback opened for the named hosts and no other. */
export async function startScene({
  config = {},
  idleMs,
  network,
  opened = [],
}: SceneOptions): Promise<Scene> {
  const stateDir = await mkdtemp(join(tmpdir(), "openclaw-browser-"));
  const egress: EgressRecord[] = [];
  const log: string[] = [];
  const browsers = new ManagedBrowsers({
    stateDir,
    config: { noSandbox: true, ssrfPolicy: { allowedHostnames: opened }, ...config },
    uploadsDir: join(stateDir, "uploads"),
    downloadsDir: join(stateDir, "downloads"),
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(network === undefined ? {} : { network }),
    onEgress: (record) => egress.push(record),
    onLog: (level, sentence) => log.push(`${level} ${sentence}`),
  });
  const invoke: Scene["invoke"] = async (params, era = "2026.9", signal = new AbortController().signal) => {
    const parsed = parseBrowserCall(params);
    if (!parsed.ok) throw parsed.error;
    const { call } = parsed;
    const admitted = admitBrowserCall(call, {
      proxyEnabled: true,
      browserEnabled: true,
      allowProfiles: [],
      defaultProfile: "openclaw",
    });
    if (!admitted.ok) throw admitted.error;
    const answer = await browsers.call({ call, admitted }, { signal, era });
    const status = browsers.status().find(({ profile }) => profile === admitted.profile);
    if (answer === "timed-out") return timedOutInvoke(call, era, admitted.profile, status);
    const { outcome, routed, files } = answer;
    return invokeAnswer(outcome, { call, era, routed, files });
  };
  const result: Scene["result"] = async (method, path, body) => {
    const answer = await invoke({ method, path, body });
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.payload["result"] as Record<string, unknown>;
  };
  const close = async (): Promise<void> => {
    await browsers.close();
    await rm(stateDir, { recursive: true, force: true });
  };
  return { stateDir, browsers, egress, log, invoke, result, close };
}

/** The processes that were started for a directory, by their command lines. */
export async function processesOf(directory: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found: number[] = [];
  for (const pid of pids) {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (line.includes(directory)) found.push(Number(pid));
  }
  return found;
}
