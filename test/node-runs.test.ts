import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway, type Visitor } from "./bad-input/scripted-gateway.ts";
import { runCli, type NodeProcess } from "./scenarios/node-process.ts";

type Json = any; // oxlint-disable-line typescript/no-explicit-any -- answers of a program under test

async function host(
  dir = stateDir({ "exec-approvals.json": FULL_POLICY }),
): Promise<{ readonly node: NodeProcess; readonly visitor: Visitor }> {
  const gateway = await scriptedGateway((visitor) => visitor.accept());
  const node = startHost({ port: gateway.port, stateDir: dir });
  await node.line(/connected to the Gateway/u);
  return { node, visitor: await gateway.visitor(0) };
}

function cli(node: { readonly stateDir: string }, ...words: readonly string[]): ReturnType<typeof runCli> {
  return runCli(["node", "runs", ...words], { stateDir: node.stateDir });
}

function run(visitor: Visitor, id: string, script: string): void {
  const params = { command: ["sh", "-c", script], agentId: "main", runId: `run-${id}` };
  visitor.invoke(id, "system.run", params);
}

async function listed(node: NodeProcess): Promise<Json[]> {
  return JSON.parse((await cli(node, "list", "--json")).stdout).runs;
}

/** Until so many runs are kept. */
async function kept(node: NodeProcess, count: number): Promise<Json[]> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- look after look
    const runs = await listed(node);
    if (runs.length >= count) return runs;
  }
}

describe("openclaw node runs", () => {
  it("shows long output whole, and nothing of it acts on the terminal", async () => {
    const { node, visitor } = await host();
    expect((await cli(node)).stdout).toBe("No runs are kept on this machine.\n");
    run(
      visitor,
      "a",
      "printf 'first\\033[2J\\n'; head -c 300000 /dev/zero | tr '\\0' x; echo; echo oops >&2; exit 3",
    );
    const result = await visitor.result("a");
    expect(result.stdout).toMatch(/^first.*bytes are missing here/su);
    await kept(node, 1);
    const list = await cli(node, "list");
    expect(list.stdout).toMatch(
      /^Run +Started +State +Output +Agent +Command\nrun-a +.*exit 3 .*300\.0 kB +main +sh/u,
    );
    for (const line of list.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expectReadable(list.stdout);
    const show = await cli(node, "show", "run-a");
    expect(show.stdout).toContain("first\\u001b[2J\n");
    expect(show.stdout).toContain(`${"x".repeat(300_000)}\n`);
    expect(show.stdout).toContain("stderr\noops\n");
    expect(show.stdout).not.toContain("\u001b");
    expect((await cli(node, "tail", "run", "--stderr")).stdout).toBe("oops\n");
    expect(JSON.parse((await cli(node, "show", "run-a", "--json")).stdout)).toMatchObject({
      name: "run-a",
      state: "ended",
      agentId: "main",
      end: { exitCode: 3, outputBytes: 300_016 },
    });
    expect((await cli(node, "rm", "run-a")).stdout).toBe("Removed 1 run.\n");
    expect(await listed(node)).toEqual([]);
  });

  it("follows a running command to its end, and removes nothing that goes on", async () => {
    const { node, visitor } = await host();
    const gate = join(node.stateDir, "gate");
    run(visitor, "a", `echo begun; while ! [ -e '${gate}' ]; do sleep 0.05; done; echo over`);
    expect(await kept(node, 1)).toMatchObject([{ name: "run-a", state: "running", end: null }]);
    expect((await cli(node, "tail", "run-a")).stdout).toBe("begun\n");
    const removed = await cli(node, "rm", "run-a");
    expect([removed.code, removed.stderr]).toEqual([
      1,
      expect.stringMatching(/goes on; nothing was removed/u),
    ]);
    const following = cli(node, "tail", "run-a", "--follow");
    writeFileSync(gate, "");
    expect((await following).stdout).toBe("begun\nover\n");
    await visitor.result("a");
    expect(await node.stop()).toBe(0);
  });

  it("keeps what a lost connection left, short as it is", async () => {
    const { node, visitor } = await host();
    run(visitor, "a", `echo precious; touch '${node.stateDir}/begun'; sleep 7`);
    while (!existsSync(join(node.stateDir, "begun")))
      // oxlint-disable-next-line no-await-in-loop -- look after look
      await new Promise((resolve) => setImmediate(resolve));
    visitor.socket.terminate();
    await kept(node, 1);
    const list = await cli(node, "list", "--undelivered");
    expect(list.stdout).toMatch(/^run-a .*cancelled, undelivered/mu);
    expect((await cli(node, "tail", "run-a")).stdout).toBe("precious\n");
  });

  it("tells of a run that a killed host left behind", async () => {
    const { node, visitor } = await host();
    run(visitor, "a", "echo begun; sleep 7");
    await kept(node, 1);
    node.child.kill("SIGKILL");
    await node.exited;
    expect(await listed(node)).toMatchObject([{ state: "lost" }]);
    const second = await host(node.stateDir);
    await second.node.line(/1 run was cut off when this host ended the last time/u);
    expect(await listed(second.node)).toMatchObject([{ state: "lost", end: { lost: true } }]);
  });

  it("says what is wrong with an id, and with too little said", async () => {
    const dir = { stateDir: stateDir() };
    for (const words of [
      ["show", "nothing"],
      ["tail", "../../etc/passwd"],
      ["rm", "x"],
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one command after the other
      const { code, stderr } = await cli(dir, ...words);
      expect(code).toBe(1);
      expect(stderr).toMatch(/no kept run has the id/u);
      expectReadable(stderr);
    }
    expect((await cli(dir, "rm")).code).toBe(2);
    expect((await cli(dir, "tail")).code).toBe(2);
    expect((await cli(dir, "rm", "x", "--all")).code).toBe(2);
    expect((await cli(dir, "tail", "x", "-n", "-1")).code).toBe(2);
    expect((await cli(dir, "rm", "--all")).stdout).toBe("Removed 0 runs.\n");
  });
});
