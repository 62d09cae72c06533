import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { belongingsOf, hostAtWork, settled } from "./proof/host-at-work.ts";
import { forgetPeak, memoryOf, processesWith } from "./proof/machine.ts";
import { runCli } from "./scenarios/node-process.ts";

const MEGABYTE = 1_048_576;
const STUBBORN = `sh -c 'trap "" TERM HUP INT; while :; do sleep 0.05; done'`;

/** Everything at once that makes a run hard to end; the last one says that all of them are there. */
const THICKET = [
  `sh -c 'sh -c "sleep 1000 & wait" & wait' &`,
  `(setsid sleep 1000 >/dev/null 2>&1 </dev/null &)`,
  `(setsid ${STUBBORN} >/dev/null 2>&1 &)`,
  `sleep 1000 & kill -STOP $!`,
  `(sh -c 'kill -STOP $$; sleep 1000' &)`,
  `${STUBBORN} & sleep 0.5; echo ready`,
].join("\n");

/** Until the thicket stands. */
async function grown(mark: string): Promise<void> {
  await vi.waitFor(() => expect(processesWith(mark).length).toBeGreaterThanOrEqual(9), { timeout: 15_000 });
}

describe("a run that is a thicket of processes leaves none of them", () => {
  it.each([
    ["it is cancelled", {}, "cancel"],
    ["its time is over", { timeoutMs: 3000 }, "wait"],
    ["its connection ends", {}, "cut"],
    ["the host stops", {}, "stop"],
  ])(
    "when %s",
    async (_when, more, how) => {
      const host = await hostAtWork();
      const { visitor, node, mark } = host;
      const before = await belongingsOf(host);
      host.start("thicket", `${THICKET}\nwait`, more);
      visitor.invoke("other", "system.run", { command: ["sleep", "1000"] });
      await grown(mark);
      if (how === "cancel") visitor.event("node.invoke.cancel", { invokeId: "thicket" });
      else if (how === "cut") visitor.socket.terminate();
      else if (how === "stop") node.child.kill("SIGTERM");
      if (how === "stop") expect(await node.exited).toBe(0);
      if (how === "cancel" || how === "wait") {
        expect(await visitor.result("thicket")).toMatchObject({ success: false });
        // The other one was not touched.
        expect(visitor.results("other")).toEqual([]);
        visitor.event("node.invoke.cancel", { invokeId: "other" });
        await visitor.result("other");
        await settled(host, [], before);
      } else await settled(host, []);
    },
    60_000,
  );
});

describe("a host that is killed", () => {
  it("leaves files that are whole, no printing program, and the next one tells what was cut off", async () => {
    const first = await hostAtWork();
    const { node, visitor, mark } = first;
    first.start("prints", "exec seq 1 1000000000");
    first.start("sleeps", "echo begun; exec sleep 1000");
    await vi.waitFor(
      () => expect(readdirSync(join(node.stateDir, "runs")).length).toBeGreaterThanOrEqual(4),
      {
        timeout: 15_000,
      },
    );
    node.child.kill("SIGKILL");
    await node.exited;
    // Nobody reads what it prints any more. One that is silent is ended by the next host.
    await vi.waitFor(() => expect(processesWith(mark)).toHaveLength(1), { timeout: 15_000 });

    const kept = readFileSync(join(node.stateDir, "runs", "prints.stdout"), "utf8");
    expect(kept.startsWith("1\n2\n3\n")).toBe(true);
    const second = await hostAtWork({}, node.stateDir);
    await second.node.line(/2 runs were cut off when this host ended the last time/u);
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 10_000 });
    const { stateDir } = node;
    const list = JSON.parse((await runCli(["node", "runs", "list", "--json"], { stateDir })).stdout);
    expect(list.runs.map(({ state }: { state: string }) => state)).toEqual(["lost", "lost"]);
    expect((await runCli(["approvals", "log", "verify"], { stateDir })).code).toBe(0);
    expect(await second.run("again", "echo works")).toMatchObject({ stdout: "works\n", success: true });
    expect(visitor.results("prints")).toEqual([]);
    expect(await second.node.stop()).toBe(0);
    expect(processesWith(second.mark)).toEqual([]);
    const leftovers = readdirSync(stateDir, { recursive: true, encoding: "utf8" });
    expect(leftovers.filter((name) => /\.tmp|\.new|\.lock|\.sock/u.test(name))).toEqual([]);
  }, 60_000);
});

describe("a Gateway that does not read", () => {
  it("holds no run and no memory; what was printed is kept, and the answers come when it reads again", async () => {
    const host = await hostAtWork();
    const before = await belongingsOf(host);
    const { visitor, node, pid } = host;
    const memory = memoryOf(pid).now;
    forgetPeak(pid);
    visitor.socket.pause();
    for (let index = 0; index < 8; index += 1)
      host.start(`r-${index}`, "head -c 100000000 /dev/zero | tr '\\0' x");
    const sizes = (): number =>
      readdirSync(join(node.stateDir, "runs")).filter((name) => /^r-\d\.json$/u.test(name)).length;
    await vi.waitFor(
      () => {
        expect(existsSync(join(node.stateDir, "runs")) && sizes()).toBe(8);
        expect(processesWith(host.mark)).toEqual([]);
      },
      { timeout: 60_000, interval: 200 },
    );
    visitor.socket.resume();
    for (let index = 0; index < 8; index += 1) {
      // oxlint-disable-next-line no-await-in-loop -- each of them
      const { stdout, success } = await visitor.result(`r-${index}`);
      expect([success, stdout.length]).toEqual([
        true,
        200_000 + "\n... (truncated: 99800000 bytes are missing here) ...\n".length,
      ]);
    }
    expect((memoryOf(pid).peak - memory) / MEGABYTE).toBeLessThan(60);
    await settled(host, [], before);
  }, 120_000);
});

describe.runIf(process.getuid?.() === 0)("a host that may open too few files", () => {
  it("answers every run in words, stays up, and works again", async () => {
    const host = await hostAtWork();
    const before = await belongingsOf(host);
    const limit = (files: string): void =>
      void execFileSync("prlimit", ["--pid", String(host.pid), `--nofile=${files}`]);
    limit(`${before.open.length + 12}:4096`);
    const ids = Array.from({ length: 60 }, (_, index) => `r-${index}`);
    for (const id of ids) host.start(id, "echo ran; sleep 0.1");
    const answers = await Promise.all(ids.map(async (id) => await host.visitor.result(id)));
    const ran = answers.filter(({ stdout }) => stdout === "ran\n");
    expect(ran.length).toBeGreaterThan(0);
    const words = answers
      .filter((answer) => !ran.includes(answer))
      .map(({ error }) => error?.message ?? error);
    for (const text of words) expect(text).toMatch(/too many|EMFILE|busy|denied/iu);
    expect(ran.length).toBeLessThan(60);
    limit("4096:4096");
    expect(await host.run("after", "echo ran")).toMatchObject({ stdout: "ran\n" });
    expect(host.node.child.exitCode).toBeNull();
    await settled(host, [], before);
  });
});
