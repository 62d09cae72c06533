import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startHost } from "./bad-input/host.ts";
import { hostAtWork, type HostAtWork } from "./proof/host-at-work.ts";
import { processesWith } from "./proof/machine.ts";
import { runCli } from "./scenarios/node-process.ts";

/** Three deep, silent, in a session of its own, forked twice, deaf, stopped. */
const TREE = [
  `sh -c 'sh -c "sleep 1000 & wait" & wait' &`,
  `(setsid sleep 1000 >/dev/null 2>&1 </dev/null &)`,
  `(setsid sh -c 'trap "" TERM HUP; while :; do sleep 0.1; done' >/dev/null 2>&1 &)`,
  `(sh -c 'kill -STOP $$; sleep 1000' &)`,
  `exec sleep 1000`,
].join("\n");

const PROCESSES_OF_TREE = 7;

function variable(pid: number, name: string): string | undefined {
  const all = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  return all.find((one) => one.startsWith(`${name}=`));
}

/** A process that no host has started; ended with the test. */
function stranger(env: Readonly<Record<string, string>>): { readonly pid: number; isThere(): boolean } {
  const child = spawn("sleep", ["1000"], { env: { PATH: "/usr/bin:/bin", ...env }, stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { pid: child.pid ?? 0, isThere: () => child.exitCode === null && child.signalCode === null };
}

/** Killed as nobody can be asked to: nothing of its own end is done. */
async function killed({ node, mark }: HostAtWork): Promise<void> {
  onTestFinished(() => {
    for (const pid of processesWith(mark)) process.kill(pid, "SIGKILL");
  });
  node.child.kill("SIGKILL");
  await node.exited;
}

async function listed(stateDir: string): Promise<readonly Record<string, unknown>[]> {
  return JSON.parse((await runCli(["node", "runs", "list", "--json"], { stateDir })).stdout).runs;
}

describe("what a killed host leaves", () => {
  it("is ended by the next one: also silent, also young; and nothing else is", async () => {
    const first = await hostAtWork();
    const { mark } = first;
    const { stateDir } = first.node;
    // It has ended, and what it left on purpose is its own affair.
    const ended = await first.run("ended", "setsid sleep 1000 >/dev/null 2>&1 & echo $!");
    const daemon = Number(ended.stdout);
    first.start("tree", TREE);
    await vi.waitFor(() => expect(existsSync(join(stateDir, "runs", "tree.json"))).toBe(true), 15_000);
    first.start("young", "touch begun; exec sleep 1000", { cwd: stateDir });
    await vi.waitFor(() => expect(existsSync(join(stateDir, "begun"))).toBe(true), { interval: 5 });
    expect(processesWith(mark).length).toBeGreaterThanOrEqual(PROCESSES_OF_TREE + 2);
    const mine = variable(daemon, "OPENCLAW_RUN_ID") ?? "";
    const [deaf] = processesWith(mark).filter((pid) => pid !== daemon);
    const going = variable(deaf ?? 0, "OPENCLAW_RUN_ID") ?? "";
    await killed(first);

    // Of another state directory; of another host; with the number that a record names; with half a mark.
    const [, owner = "", host = "", rest = ""] = /^OPENCLAW_RUN_ID=(\w+)-(\w+)-(.+)$/u.exec(going) ?? [];
    const record = join(stateDir, "runs", "tree.json");
    const strangers = [
      stranger({ OPENCLAW_RUN_ID: `${owner.replace(/./gu, "0")}-${host}-${rest}` }),
      stranger({ OPENCLAW_RUN_ID: `${owner}-${host}-1.unknown` }),
      stranger({ OPENCLAW_RUN_ID: owner, OTHER: going }),
      stranger({}),
    ];
    const reused = strangers.at(-1)?.pid;
    writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, "utf8")), hostPid: reused }));
    expect(mine.startsWith(`OPENCLAW_RUN_ID=${owner}-${host}-`)).toBe(true);

    const second = await hostAtWork({}, stateDir);
    await second.node.line(/1 run was cut off when this host ended the last time/u);
    // Its own runs carry the mark of this directory, too.
    second.start("new", "exec sleep 1000");
    await second.node.line(/ended what 2 runs had left when this host was killed \(processes: \d+\)/u);
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([daemon]));
    expect(processesWith(second.mark)).toHaveLength(1);
    expect(strangers.map((one) => one.isThere())).toEqual([true, true, true, true]);
    const runs = (await listed(stateDir)).filter(({ state }) => state === "lost");
    expect(runs.map(({ runId }) => String(runId)).toSorted((a, b) => a.localeCompare(b))).toEqual([
      "tree",
      "young",
    ]);
    for (const run of runs) expect(run).toMatchObject({ end: { lost: true, delivered: false } });
    expect(runs.find(({ runId }) => runId === "young")).toMatchObject({ end: { leftProcesses: 1 } });
    const show = await runCli(["node", "runs", "show", "tree"], { stateDir });
    expect(show.stdout).toMatch(/^State: +lost, ended later$/mu);
    second.visitor.event("node.invoke.cancel", { invokeId: "new" });
    await second.visitor.result("new");
    expect(await second.node.stop()).toBe(0);
    expect(processesWith(mark)).toEqual([daemon]);
    expect(readdirSync(stateDir).filter((name) => /\.tmp|\.new/u.test(name))).toEqual([]);
  }, 60_000);

  it("is ended also where runs may outlive their connection, and not by a host that is its own offspring", async () => {
    const first = await hostAtWork({ onDisconnect: "continue" });
    const { stateDir } = first.node;
    first.start("silent", "sleep 1000; true");
    await vi.waitFor(() => expect(existsSync(join(stateDir, "runs", "silent.json"))).toBe(true), 15_000);
    const [sleeper] = processesWith(first.mark).toReversed();
    const marker = variable(sleeper ?? 0, "OPENCLAW_RUN_ID")?.split("=")[1] ?? "";
    await killed(first);
    const second = await hostAtWork({}, stateDir, { OPENCLAW_RUN_ID: marker });
    await second.node.line(/ended what 1 run had left/u);
    await vi.waitFor(() => expect(processesWith(first.mark)).toEqual([]));
    expect(await second.run("again", "echo works")).toMatchObject({ stdout: "works\n" });
    expect(await second.node.stop()).toBe(0);
  }, 60_000);

  it("is ended also when the next host was killed before it could look", async () => {
    const first = await hostAtWork();
    const { stateDir } = first.node;
    first.start("silent", "sleep 1000; true");
    await vi.waitFor(() => expect(existsSync(join(stateDir, "runs", "silent.json"))).toBe(true), 15_000);
    await killed(first);
    // Nobody listens there.
    const next = startHost({ port: 1, stateDir });
    await next.line(/1 run was cut off/u);
    next.child.kill("SIGKILL");
    await next.exited;
    expect(processesWith(first.mark)).toHaveLength(2);
    const third = await hostAtWork({}, stateDir);
    await third.node.line(/ended what 1 run had left when this host was killed \(processes: 2\)/u);
    expect(processesWith(first.mark)).toEqual([]);
    expect(third.node.output()).not.toContain("cut off");
    expect(await listed(stateDir)).toMatchObject([{ state: "lost", end: { leftProcesses: 2 } }]);
  }, 60_000);
});
