import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";
import { runCli, type NodeProcess } from "./scenarios/node-process.ts";

const SYSTEM = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

function stateWith(settings: object): string {
  return stateDir({
    "exec-approvals.json": FULL_POLICY,
    "node.json": JSON.stringify({ version: 1, nodeId: "test", ...settings }),
  });
}

async function host(settings: object, env: Readonly<Record<string, string>> = {}, protocol = 4) {
  const gateway = await scriptedGateway((visitor) => visitor.accept({ protocol }));
  const node = startHost({ port: gateway.port, stateDir: stateWith(settings), env });
  await node.line(/connected to the Gateway/u);
  return { gateway, node, visitor: await gateway.visitor(0) };
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- the look follows the wait
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

async function undelivered(node: NodeProcess): Promise<readonly { readonly end: object | null }[]> {
  const { stdout } = await runCli(["node", "runs", "list", "--undelivered", "--json"], {
    stateDir: node.stateDir,
  });
  return (JSON.parse(stdout) as { readonly runs: readonly { readonly end: object | null }[] }).runs;
}

describe("openclaw node env", () => {
  it("shows what runs of the running host get, and no value that may be secret", async () => {
    const { node, visitor } = await host(
      { path: { after: ["/opt/mine"] }, shell: { program: "/bin/bash", login: false } },
      { PATH: "/opt/theirs:/usr/bin:.", DEPLOY_KEY: "very-secret-1", GITHUB_TOKEN: "very-secret-2" },
    );
    const { code, stdout } = await runCli(["node", "env", "--json"], { stateDir: node.stateDir });
    expect(code).toBe(0);
    const view = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    expect(view).toMatchObject({
      source: "host",
      pid: node.child.pid,
      shell: { program: "/bin/bash", login: false },
      variables: { DEPLOY_KEY: null, PATH: [...SYSTEM, "/opt/theirs", "/opt/mine"].join(":") },
      withheld: expect.arrayContaining(["GITHUB_TOKEN"]) as unknown,
    });
    visitor.invoke("a", "system.run", { command: ["/bin/sh", "-lc", "echo $0 $PATH"] });
    const { stdout: printed } = await visitor.result("a");
    expect(printed).toBe(`/bin/bash ${[...SYSTEM, "/opt/theirs", "/opt/mine"].join(":")}\n`);
    const human = await runCli(["node", "env"], { stateDir: node.stateDir });
    expect(human.stdout).toMatch(/^What runs of the node host get/u);
    expect(human.stdout).toContain("  /opt/mine (not there)\n");
    for (const text of [stdout, human.stdout]) expect(text).not.toContain("very-secret");
    for (const line of human.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expectReadable(human.stdout);
  });

  it("says so where no host answers", async () => {
    const dir = stateDir();
    const { code, stdout } = await runCli(["node", "env"], { stateDir: dir });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^No node host answers here/u)]);
    const broken = stateDir({ "node.json": '{"version":1,"nodeId":"x","path":{"order":"mine"}}' });
    const refused = await runCli(["node", "env"], { stateDir: broken });
    expect(refused.code).toBe(78);
    expectReadable(refused.stderr);
  });
});

/** How a run ended; there are other events. */
function isFinish({ method, params }: Readonly<Record<string, unknown>>): boolean {
  return method === "node.event" && Reflect.get(Object(params), "event") === "exec.finished";
}

describe("onDisconnect", () => {
  it.each([
    [4, 0],
    [3, 1],
  ])(
    "lets runs go on; a Gateway of protocol %i is told %i times how they ended, and gets no answer twice",
    async (protocol, told) => {
      const { gateway, node, visitor } = await host({ onDisconnect: "continue" }, {}, protocol);
      const dir = join(node.stateDir, "work");
      mkdirSync(dir);
      const script = `touch ${dir}/on; until [ -e ${dir}/go ]; do sleep 0.02; done; echo late`;
      visitor.invoke("a", "system.run", { command: ["sh", "-c", script], runId: "run-a" });
      await until(() => existsSync(join(dir, "on")));
      const status = await runCli(["node", "status"], { stateDir: node.stateDir });
      expect(status.stdout).toContain("Lost connection: runs go on; their results are kept here\n");
      visitor.socket.terminate();
      const next = await gateway.visitor(1);
      await next.frame(({ method }) => method === "connect");
      await node.line(/1 run goes on without a connection/u);
      writeFileSync(join(dir, "go"), "");
      if (told === 0) await until(async () => (await undelivered(node)).length === 1);
      else {
        await next.frame(isFinish);
        await node.line(/told the Gateway how a run ended/u);
        await until(async () => (await undelivered(node)).length === 0);
      }
      expect(next.frames.filter(isFinish)).toHaveLength(told);
      expect(next.frames.map(({ method }) => method)).not.toContain("node.invoke.result");
    },
  );
});

describe("maskOutput and sandbox", () => {
  it("keep what the host knows and where it keeps it from the output of runs", async () => {
    const { node, visitor } = await host(
      {
        maskOutput: { default: { variables: ["DEPLOY_*"] } },
        sandbox: {
          profiles: { closed: {}, late: { writable: ["/no/such/place"] } },
          agents: { box: "closed", x: "late" },
        },
      },
      { DEPLOY_KEY: "very-secret-1" },
    );
    visitor.invoke("a", "system.run", {
      command: ["sh", "-c", "echo $DEPLOY_KEY test-token-0123456789 ghp_abcdefghijklmnopqrstuv123456 rest"],
    });
    expect((await visitor.result("a")).stdout).toBe("[redacted] [redacted] [redacted] rest\n");
    const read = ["cat", join(node.stateDir, "node.json")];
    visitor.invoke("b", "system.run", { command: read, cwd: "/" });
    expect((await visitor.result("b")).stdout).toContain('"nodeId"');
    visitor.invoke("c", "system.run", { command: read, cwd: "/", agentId: "box" });
    // Without bubblewrap it is refused; with it, there is nothing to be read.
    const boxed = await visitor.result("c");
    expect([boxed.success, boxed.stdout]).toEqual([false, ""]);
    visitor.invoke("d", "system.run", { command: ["true"], agentId: "x" });
    expect((await visitor.result("d")).error).toMatch(
      /^the run was not started: there is no sandbox: `late`/u,
    );
    await node.line(/runs under the sandbox profile `late` of node\.json are refused/u);
  });
});
