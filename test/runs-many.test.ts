import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { belongingsOf, hostAtWork, settled, type HostAtWork } from "./proof/host-at-work.ts";
import { repeat, startBenchHost } from "./bench/bench-host.ts";
import { childrenOf, forgetPeak, memoryOf, openOf } from "./proof/machine.ts";
import { runCli } from "./scenarios/node-process.ts";

const MEGABYTE = 1_048_576;

function audit({ node }: HostAtWork): { readonly kind: string; readonly reason?: string }[] {
  return readFileSync(join(node.stateDir, "exec-audit.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("1,000 invokes at once", () => {
  it("are each answered once, run or not, while questions are answered; nothing is left", async () => {
    const host = await hostAtWork();
    const before = await belongingsOf(host);
    const ids = Array.from({ length: 1000 }, (_, index) => `i-${index}`);
    const memory = memoryOf(host.pid).now;
    forgetPeak(host.pid);
    for (const id of ids) host.start(id, "echo $LC_PROOF; sleep 0.2", { agentId: `a${id.at(-1)}` });
    host.visitor.invoke("question", "system.which", { bins: ["sh"] });
    // Behind all of them, and before the first of them is over.
    expect(await host.visitor.result("question")).toHaveProperty("bins.sh");
    const answers = await Promise.all(ids.map(async (id) => await host.visitor.result(id)));
    const ran = answers.filter(({ success }) => success === true);
    const busy = answers.filter(({ error }) => (error?.message ?? "").startsWith("UNAVAILABLE: busy, "));
    expect(ran.length + busy.length).toBe(1000);
    expect(ran.length).toBeGreaterThanOrEqual(72);
    for (const { stdout } of ran) expect(host.mark).toBe(`LC_PROOF=${stdout.trim()}`);
    for (const id of ids) expect(host.visitor.results(id)).toHaveLength(1);
    await settled(host, [], before);
    expect(memoryOf(host.pid).peak - memory).toBeLessThan(40 * MEGABYTE);
    expect(readdirSync(host.node.stateDir)).not.toContain("runs");
    const lines = audit(host).map(({ kind }) => kind);
    expect(lines.filter((kind) => kind === "outcome").length).toBe(ran.length + 1);
  });
});

describe("10,000 runs", () => {
  it("leave no process, no descriptor, no file, and no more memory than the first 1,000", async () => {
    // As a service starts it.
    const host = await startBenchHost(["/bin/true"], {}, ["--v8-pool-size=0"]);
    const runs = async (count: number): Promise<void> => {
      await repeat(count, 16, async () => await host.run(["/bin/true"]));
      await delay(500);
    };
    try {
      await runs(1000);
      const before = { open: openOf(host.pid), memory: memoryOf(host.pid).now };
      await runs(9000);
      // The runtime collects when it likes; a leak is there whenever one looks.
      let grown = Number.POSITIVE_INFINITY;
      for (let look = 0; look < 4 && grown >= 3; look += 1) {
        // oxlint-disable-next-line no-await-in-loop -- look after look
        if (look > 0) await runs(500);
        grown = Math.min(grown, (memoryOf(host.pid).now - before.memory) / MEGABYTE);
      }
      expect(grown).toBeLessThan(3);
      expect(childrenOf(host.pid)).toEqual([]);
      expect(openOf(host.pid)).toEqual(before.open);
      expect(readdirSync(join(host.folder, "state"))).not.toContain("runs");
    } finally {
      await host.end();
    }
  }, 300_000);
});

describe("a run that is over", () => {
  it("is forgotten: after 3,000 more, not 100 bytes of each are in use", async () => {
    const report = join(mkdtempSync(join(tmpdir(), "openclaw-heap-")), "used");
    onTestFinished(() => rmSync(dirname(report), { recursive: true }));
    const hook = `import { writeFileSync } from "node:fs";
      process.on("SIGUSR2", () => { gc(); gc(); writeFileSync(${JSON.stringify(report)}, String(process.memoryUsage().heapUsed)); });`;
    const flags = ["--expose-gc", "--import", `data:text/javascript,${encodeURIComponent(hook)}`];
    const host = await startBenchHost(["/bin/true"], {}, flags);
    const used = async (): Promise<number> => {
      await delay(500);
      rmSync(report, { force: true });
      process.kill(host.pid, "SIGUSR2");
      await vi.waitFor(() => expect(existsSync(report) && readFileSync(report, "utf8")).toMatch(/^\d+$/u));
      return Number(readFileSync(report, "utf8"));
    };
    try {
      await repeat(1000, 16, async () => await host.run(["/bin/true"]));
      const before = await used();
      await repeat(3000, 16, async () => await host.run(["/bin/true"]));
      expect((await used()) - before).toBeLessThan(300_000);
    } finally {
      await host.end();
    }
  }, 120_000);
});

describe("descriptors of a host", () => {
  it("are given back by runs with output, kept runs, readers of kept runs and clients of the control socket", async () => {
    const host = await hostAtWork();
    const before = await belongingsOf(host);
    const stateDir = host.node.stateDir;
    const socket = join(stateDir, "node.sock");
    for (let round = 0; round < 5; round += 1) {
      const ids = Array.from({ length: 20 }, (_, index) => `r-${round}-${index}`);
      for (const id of ids) host.start(id, "seq 1 60000; seq 1 60000 >&2");
      // oxlint-disable-next-line no-await-in-loop -- round after round
      for (const id of ids) expect(await host.visitor.result(id)).toMatchObject({ success: true });
      for (let index = 0; index < 20; index += 1) {
        const client = createConnection(socket);
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await once(client, "connect");
        // Some ask, some say half a word, some nothing; all go away without a farewell.
        if (index % 3 === 0) client.write('{"method":"status"}\n');
        if (index % 3 === 1) client.write('{"meth');
        client.destroy();
      }
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await runCli(["node", "status", "--json"], { stateDir })).code).toBe(0);
    }
    const tail = await runCli(["node", "runs", "tail", "r-4-1", "--follow"], { stateDir });
    expect(tail.stdout).toContain("\n60000\n");
    await settled(host, [], before);
    const list = JSON.parse((await runCli(["node", "runs", "list", "--json"], { stateDir })).stdout);
    expect(list.runs).toHaveLength(100);
    expect(list.runs.every(({ state }: { state: string }) => state === "ended")).toBe(true);
  }, 60_000);
});
