// What a scenario gets: one Gateway (ours or a real one), operators and node hosts of ours.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectRaw, type RawAnswer, type RawClient } from "../gateways/raw-client.ts";
import { newIdentity, type RawIdentity } from "../gateways/raw-identity.ts";
import { startRemoteProxy, type RemoteProxy } from "../gateways/remote-proxy.ts";
import { startTlsRecorder, type TlsRecorder } from "../gateways/tls-recorder.ts";
import { startNode, type NodeOptions, type NodeProcess } from "./node-process.ts";

/** What Gateways of an era can do; a scenario asks for this, never for a version. */
export interface EraTraits {
  readonly surfaceApproval: "none" | "on-reconnect" | "live";
  readonly prepare: boolean;
  /** Do they take a plan with its policy snapshot in `exec.approval.request`? */
  readonly planSnapshots: boolean;
  readonly nodeRemove: boolean;
  readonly deviceRemove: boolean;
  readonly nodeRename: boolean;
  /** Does a removal close the node's link? Where it does not, only a restart of the node lets it ask again. */
  readonly removalCloses: boolean;
  /** Does it close the node's link when its device token is rotated or revoked? */
  readonly tokenChangesClose: boolean;
  /** Does `node.list` show the new name of a connected node? */
  readonly renameShows: boolean;
  /** Is a node that offers fewer caps asked about again? What was approved works meanwhile. */
  readonly fewerCapsAsk: boolean;
  /** Do they make join URLs for nodes? */
  readonly joinCodes: boolean;
  /** Do they lock out an address that brings wrong credentials, and close links when their own token changes? */
  readonly guardsToken: boolean;
}

const NEWEST: EraTraits = {
  surfaceApproval: "live",
  prepare: true,
  planSnapshots: true,
  nodeRemove: true,
  deviceRemove: true,
  removalCloses: true,
  tokenChangesClose: true,
  nodeRename: true,
  renameShows: true,
  fewerCapsAsk: false,
  joinCodes: true,
  guardsToken: true,
};
const SUMMER: EraTraits = {
  ...NEWEST,
  fewerCapsAsk: true,
  joinCodes: false,
  planSnapshots: false,
  renameShows: false,
  removalCloses: false,
};
const SPRING: EraTraits = {
  ...SUMMER,
  surfaceApproval: "on-reconnect",
  fewerCapsAsk: false,
  guardsToken: false,
  nodeRemove: false,
  removalCloses: true,
};
const WINTER: EraTraits = {
  ...SPRING,
  surfaceApproval: "none",
  prepare: false,
  deviceRemove: false,
  tokenChangesClose: false,
  nodeRename: false,
};

export const ERA_TRAITS: Readonly<Record<string, EraTraits>> = {
  "2026.2": WINTER,
  "2026.3": SPRING,
  "2026.6": SUMMER,
  "2026.9": NEWEST,
};

export interface ScenarioGateway {
  readonly era: string;
  readonly url: string;
  readonly port: number;
  /** The shared one, as it is now. */
  readonly token: string;
  /** Where its TLS certificate and key lie, in PEM; they count from the next start on. Absent without TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** A fresh join URL; only where the era makes them. */
  joinUrl(): Promise<string>;
  /** A fresh setup code: as a person types for it there, or as its web page shows it for a node; only where the era makes them. */
  setupCode(from: "terminal" | "web page"): Promise<string>;
  /** While it runs; only where it guards its token. */
  changeToken(token: string): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export type Json = any; // oxlint-disable-line typescript/no-explicit-any -- answers of Gateways under test

export class World {
  readonly gateway: ScenarioGateway;
  readonly traits: EraTraits;
  readonly #cleanups: (() => Promise<unknown>)[] = [];
  readonly #operatorIdentity: RawIdentity = newIdentity();
  #operator: RawClient | undefined;

  constructor(gateway: ScenarioGateway) {
    this.gateway = gateway;
    const traits = ERA_TRAITS[gateway.era];
    if (traits === undefined) throw new Error(`no traits for era ${gateway.era}`);
    this.traits = traits;
  }

  async operator(): Promise<RawClient> {
    if (this.#operator === undefined || this.#operator.socket.closeInfo() !== undefined) {
      this.#operator = await connectRaw(this.gateway.url, {
        role: "operator",
        token: this.gateway.token,
        identity: this.#operatorIdentity,
      });
      if (this.#operator.error !== undefined)
        throw new Error(`operator refused: ${JSON.stringify(this.#operator.error)}`);
    }
    return this.#operator;
  }

  /** Calls an operator method that must succeed. */
  async ask(method: string, params: unknown = {}): Promise<Json> {
    const answer = await this.tell(method, params);
    if (!answer.ok) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
    return answer.payload;
  }

  async tell(method: string, params: unknown = {}): Promise<RawAnswer> {
    const operator = await this.operator();
    return await operator.request(method, params, 60_000);
  }

  async joinUrl(): Promise<string> {
    return await this.gateway.joinUrl();
  }

  /** A remote machine's way to the Gateway. */
  async remoteProxy(address?: string): Promise<RemoteProxy> {
    const proxy = await startRemoteProxy(this.gateway.port, address === undefined ? {} : { address });
    this.#cleanups.push(() => proxy.stop());
    return proxy;
  }

  /** A way to a Gateway with TLS that shows whether it was told anything. */
  async tlsRecorder(): Promise<TlsRecorder> {
    const recorder = await startTlsRecorder(this.gateway.port);
    this.#cleanups.push(() => recorder.stop());
    return recorder;
  }

  newStateDir(): string {
    const stateDir = mkdtempSync(join(tmpdir(), "openclaw-node-"));
    this.removeAtEnd(stateDir);
    return stateDir;
  }

  startNode(options: Partial<NodeOptions> = {}): NodeProcess {
    const node = startNode({ port: this.gateway.port, token: this.gateway.token, ...options });
    this.#cleanups.push(() => node.stop());
    return node;
  }

  /** A node that is connected, approved and may be invoked, with its id on the Gateway. */
  async readyNode(
    options: Partial<NodeOptions> = {},
  ): Promise<{ readonly node: NodeProcess; readonly nodeId: string }> {
    const node = this.startNode(options);
    await node.line(/connected to the Gateway/u);
    const nodeId = nodeIdOf(node);
    await this.approveSurface(nodeId);
    return { node, nodeId };
  }

  /** Approves whatever waits for this node and resolves when the Gateway takes its commands. */
  async approveSurface(nodeId: string): Promise<void> {
    await until(async () => {
      if (this.traits.surfaceApproval !== "none") {
        const { pending } = await this.ask("node.pair.list");
        const request = pending.find((item: Json) => item.nodeId === nodeId);
        // Two looks at a list may see the same request: the second approval then finds none.
        if (request !== undefined) await this.tell("node.pair.approve", { requestId: request.requestId });
      }
      const { nodes } = await this.ask("node.list");
      return nodes.find(
        (item: Json) =>
          item.nodeId === nodeId && item.connected === true && item.commands.includes("system.run"),
      );
    }, `the commands of ${nodeId}`);
  }

  /** An operator that can decide approvals, on a connection of its own. */
  async approver(): Promise<RawClient> {
    const client = await connectRaw(this.gateway.url, {
      role: "operator",
      token: this.gateway.token,
      identity: this.#operatorIdentity,
      caps: ["exec-approvals"],
    });
    if (client.error !== undefined) throw new Error(`approver refused: ${JSON.stringify(client.error)}`);
    this.#cleanups.push(() => client.close());
    return client;
  }

  async invoke(nodeId: string, command: string, params: unknown, timeoutMs = 20_000): Promise<RawAnswer> {
    this.#invokes += 1;
    return await this.tell("node.invoke", {
      nodeId,
      command,
      params,
      timeoutMs,
      idempotencyKey: `scenario-${process.pid}-${Date.now()}-${this.#invokes}`,
    });
  }
  #invokes = 0;

  /** Adds allowlist patterns for every agent, through the Gateway. */
  async allow(nodeId: string, ...patterns: string[]): Promise<void> {
    const { file, hash } = await this.ask("exec.approvals.node.get", { nodeId });
    const all = file.agents?.["*"] ?? {};
    const allowlist = [...(all.allowlist ?? []), ...patterns.map((pattern) => ({ pattern }))];
    await this.ask("exec.approvals.node.set", {
      nodeId,
      file: { ...file, agents: { ...file.agents, "*": { ...all, allowlist } } },
      baseHash: hash,
    });
  }

  removeAtEnd(folder: string): void {
    this.#cleanups.unshift(async () => rmSync(folder, { recursive: true, force: true }));
  }

  async close(): Promise<void> {
    for (const cleanup of this.#cleanups.toReversed()) await cleanup();
    await this.#operator?.close();
  }
}

export function nodeIdOf(node: NodeProcess): string {
  const id = /node id ([0-9a-f]{64})/u.exec(node.output())?.[1];
  if (id === undefined) throw new Error(`no node id in:\n${node.output()}`);
  return id;
}

const UNTIL_LIMIT_MS = 60_000;
const UNTIL_STEP_MS = 100;

/** Asks again until there is an answer: for states of a Gateway that no event tells on every era. */
export async function until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
  const end = Date.now() + UNTIL_LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, UNTIL_STEP_MS));
  }
}
