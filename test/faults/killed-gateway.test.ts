import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "../bad-input/host.ts";
import { connectRaw, type RawClient } from "../gateways/raw-client.ts";
import { newIdentity } from "../gateways/raw-identity.ts";
import { childrenOf, memoryOf, openOf } from "../proof/machine.ts";
import type { NodeProcess } from "../scenarios/node-process.ts";
import { gatewayProcess, type GatewayProcess } from "./gateway-process.ts";

/** A share of the hundred that `OPENCLAW_GATEWAY_KILLS=100` asks for. */
const KILLS = Number(process.env["OPENCLAW_GATEWAY_KILLS"] ?? "20");
/** The host's clock runs so many times faster, so that it waits as it always does and the test does not. */
const CLOCK = Number(process.env["OPENCLAW_TEST_CLOCK"] ?? "20");
/** Enough for the longest wait of a host at each kill. */
const LIMIT_MS = 60_000 + KILLS * 40_000;
const LANES = 4;
/** Answers between two kills. */
const ANSWERS = 6;
const TOKEN = "test-token-0123456789";
const MIB = 1_048_576;

/** Operators that ask for runs as long as there is a Gateway; what each run leaves is one line of a file. */
class Load {
  readonly ledger: string;
  readonly #name: string;
  readonly #nodeId: string;
  readonly #over = new AbortController();
  readonly #lanes: Promise<void>[];
  #operator: Promise<RawClient>;
  #asked = 0;
  #looks = new Set<() => void>();
  /** Runs whose answer came back, in order. */
  readonly answered: string[] = [];

  constructor(name: string, dir: string, nodeId: string, operator: Promise<RawClient>) {
    this.#name = name;
    this.ledger = join(dir, "ran.txt");
    this.#nodeId = nodeId;
    this.#operator = operator;
    this.#lanes = Array.from({ length: LANES }, async () => {
      while (!this.#over.signal.aborted) await this.#run();
    });
  }

  /** From now on runs are asked for there. */
  use(operator: Promise<RawClient>): void {
    this.#operator = operator;
  }

  /** Resolves when so many more were answered. */
  async more(count: number): Promise<void> {
    const enough = this.answered.length + count;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.answered.length < enough) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
    });
  }

  async end(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#lanes);
  }

  async #run(): Promise<void> {
    this.#asked += 1;
    const key = `${this.#name}-${this.#asked}`;
    const command = ["/bin/sh", "-c", 'echo "$0" >> "$1"', key, this.ledger];
    const params = { nodeId: this.#nodeId, command: "system.run", params: { command } };
    try {
      const operator = await this.#operator;
      const answer = await operator.request(
        "node.invoke",
        { ...params, idempotencyKey: key, timeoutMs: 20_000 },
        25_000,
      );
      if (answer.ok) this.answered.push(key);
      else await pause(20);
    } catch {
      // Its Gateway was killed.
      await pause(20);
    }
    for (const look of this.#looks) look();
  }
}

/** Resolves when the host has said so many times that it is connected. */
async function connected(node: NodeProcess, times: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (node.output().split("connected to the Gateway at").length <= times) return;
      node.child.stderr?.off("data", look);
      resolve();
    };
    node.child.stderr?.on("data", look);
    look();
  });
}

describe(`a Gateway process that is killed ${KILLS} times under load`, { timeout: LIMIT_MS }, () => {
  it("finds its node again each time; no run is started twice, nothing is left over", async () => {
    const dir = stateDir({ "exec-approvals.json": FULL_POLICY });
    const gateway: GatewayProcess = await gatewayProcess(stateDir(), TOKEN);
    const identity = newIdentity();
    const operator = async (): Promise<RawClient> =>
      await connectRaw(gateway.url, { role: "operator", token: TOKEN, identity });
    const node = startHost({
      port: gateway.port,
      stateDir: dir,
      token: TOKEN,
      env: {
        OPENCLAW_TEST_CLOCK: String(CLOCK),
        NODE_OPTIONS: `--import=${fileURLToPath(new URL("fast-clock.ts", import.meta.url))}`,
      },
    });
    const line = await node.line(/openclaw nodes approve [\w-]+/u);
    const requestId = /approve ([\w-]+)/u.exec(line)?.[1];
    const first = await operator();
    const approved = await first.request("node.pair.approve", { requestId });
    await node.line(/ready for work/u);

    const { nodeId } = approved.payload.node;
    const warm = new Load("warm", dir, nodeId, Promise.resolve(first));
    await warm.more(LANES * ANSWERS);
    await warm.end();
    const pid = node.child.pid ?? 0;
    await expect.poll(() => childrenOf(pid)).toEqual([]);
    const before = { open: openOf(pid).length, memory: memoryOf(pid).now };
    const load = new Load("run", dir, nodeId, Promise.resolve(first));
    const begun = performance.now();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await load.more(ANSWERS);
      const back = gateway.kill().then(async () => {
        await gateway.start();
        await connected(node, kill + 1);
        return await operator();
      });
      load.use(back);
      await back;
    }
    await load.more(ANSWERS);
    const seconds = (performance.now() - begun) / 1000;
    await load.end();

    expect(node.child.exitCode).toBeNull();
    expectReadable(node.output());
    const ran = existsSync(load.ledger) ? readFileSync(load.ledger, "utf8").trim().split("\n") : [];
    expect(new Set(ran).size).toBe(ran.length);
    expect(load.answered.filter((key) => !ran.includes(key))).toEqual([]);
    await expect.poll(() => childrenOf(pid)).toEqual([]);
    await expect.poll(() => openOf(pid).length).toBeLessThanOrEqual(before.open);
    const { now } = memoryOf(pid);
    expect(now - before.memory).toBeLessThan(48 * MIB);
    console.log(
      `${KILLS} kills in ${seconds.toFixed(1)} s, ${load.answered.length} answers, ${ran.length} runs, ` +
        `memory ${Math.round(before.memory / MIB)} then ${Math.round(now / MIB)} MiB`,
    );
    expect(await node.stop()).toBe(0);
  });
});
