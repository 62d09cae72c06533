import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway, type ScriptedGateway, type Visitor } from "./bad-input/scripted-gateway.ts";
import { runCli, type NodeProcess } from "./scenarios/node-process.ts";

type Json = any; // oxlint-disable-line typescript/no-explicit-any -- answers of a program under test

async function host(
  dir = stateDir({ "exec-approvals.json": FULL_POLICY }),
): Promise<{ readonly node: NodeProcess; readonly visitor: Visitor; readonly gateway: ScriptedGateway }> {
  const gateway = await scriptedGateway((visitor) => visitor.accept());
  const node = startHost({ port: gateway.port, stateDir: dir });
  await node.line(/connected to the Gateway/u);
  return { node, visitor: await gateway.visitor(0), gateway };
}

function cli(node: { readonly stateDir: string }, ...words: readonly string[]): ReturnType<typeof runCli> {
  return runCli(["node", ...words], { stateDir: node.stateDir });
}

function run(visitor: Visitor, id: string, ...command: readonly string[]): void {
  visitor.invoke(id, "system.run", { command, agentId: "main", runId: `run-${id}` });
}

function audited(node: { readonly stateDir: string }): Json[] {
  const text = readFileSync(join(node.stateDir, "exec-audit.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line): Json => JSON.parse(line));
}

describe("openclaw node pause and resume", () => {
  it("lets nothing start, what runs go on, and everything else be answered", async () => {
    const { node, visitor } = await host();
    const gate = join(node.stateDir, "gate");
    run(visitor, "before", "sh", "-c", `while ! [ -e '${gate}' ]; do sleep 0.05; done; echo over`);
    // Whatever was asked before has been started by the time this is answered.
    run(visitor, "behind", "true");
    await visitor.result("behind");
    const paused = await cli(node, "pause", "--for", "2h");
    expect([paused.code, paused.stderr]).toEqual([0, ""]);
    expect(paused.stdout).toMatch(
      /^Paused until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(in 2 h\): no new run starts/u,
    );
    expectReadable(paused.stdout);
    await node.line(/the owner has paused this node until /u);

    run(visitor, "refused", "touch", join(node.stateDir, "made"));
    const { error } = await visitor.result("refused");
    expect(error.code).toBe("SYSTEM_RUN_DENIED");
    expect(error.message).toMatch(
      /^SYSTEM_RUN_DENIED: the owner has paused this node until 20[^ ]+Z; nothing was run$/u,
    );
    expect(existsSync(join(node.stateDir, "made"))).toBe(false);
    visitor.invoke("which", "system.which", { bins: ["sh"] });
    expect((await visitor.result("which")).bins.sh).toMatch(/\/sh$/u);
    visitor.invoke("get", "system.execApprovals.get");
    expect((await visitor.result("get")).exists).toBe(true);

    const status = await cli(node, "status", "--json", "--exit-code");
    expect([status.code, JSON.parse(status.stdout)]).toEqual([
      18,
      expect.objectContaining({
        ready: false,
        activeRuns: 1,
        paused: expect.objectContaining({ keep: false }),
      }),
    ]);
    expect((await cli(node, "status")).stdout).toMatch(
      /^Paused: no run starts until .*\nResume with: openclaw node resume$/mu,
    );

    run(visitor, "open", "sh", "-c", "true");
    await cli(node, "resume");
    run(visitor, "opener", "touch", gate);
    expect(await visitor.result("before")).toMatchObject({ success: true, stdout: "over\n" });
    expect((await visitor.result("open")).error.code).toBe("SYSTEM_RUN_DENIED");
    expect((await cli(node, "resume")).stdout).toBe("It was not paused: runs may start.\n");
    const kinds = audited(node).filter(({ kind, reason }) => kind === "pause" || reason === "paused");
    expect(kinds).toEqual([
      expect.objectContaining({ kind: "pause", outcome: "paused", by: "owner", keep: false }),
      expect.objectContaining({
        kind: "decision",
        outcome: "deny",
        invokeId: "refused",
        runId: "run-refused",
      }),
      expect.objectContaining({ kind: "decision", outcome: "deny", invokeId: "open" }),
      expect.objectContaining({ kind: "pause", outcome: "resumed", by: "owner" }),
    ]);
    const verify = await runCli(["approvals", "log", "verify"], { stateDir: node.stateDir });
    expect(verify.code).toBe(0);
    const log = await runCli(["approvals", "log"], { stateDir: node.stateDir });
    expect(log.stdout).toMatch(/owner +paused +no run starts until 20/u);
    expect(await node.stop()).toBe(0);
  });

  it("kept, outlives a restart; not kept, it does not", async () => {
    const dir = stateDir({ "exec-approvals.json": FULL_POLICY });
    const first = await host(dir);
    expect(JSON.parse((await cli(first.node, "pause", "--keep", "--json")).stdout)).toMatchObject({
      ok: true,
      paused: { until: null, keep: true },
    });
    expect(await first.node.stop()).toBe(0);
    const second = await host(dir);
    run(second.visitor, "r", "true");
    expect((await second.visitor.result("r")).error.message).toContain("until it is resumed");
    await cli(second.node, "resume");
    await cli(second.node, "pause");
    expect(await second.node.stop()).toBe(0);
    const third = await host(dir);
    run(third.visitor, "r", "true");
    expect(await third.visitor.result("r")).toMatchObject({ success: true });
  });

  it("says what is wrong with it", async () => {
    const dir = stateDir();
    for (const words of [["pause"], ["resume"], ["drain"]]) {
      const { code, stderr } = await cli({ stateDir: dir }, ...words);
      expect([code, stderr.split("\n")[0]]).toEqual([
        1,
        "openclaw: no node host is running for this state directory; start it with `openclaw node run`",
      ]);
    }
    const { code, stderr } = await cli({ stateDir: dir }, "pause", "--for", "soon");
    expect([code, stderr]).toEqual([2, expect.stringContaining("invalid --for: `soon` is no span")]);
  });
});

describe("openclaw node drain", () => {
  it("names what goes on when its time is over, and ends with the last run", async () => {
    const { node, visitor } = await host();
    const gate = join(node.stateDir, "gate");
    run(visitor, "long", "sh", "-c", `while ! [ -e '${gate}' ]; do sleep 0.05; done`);
    run(visitor, "which", "true");
    await visitor.result("which");
    const late = await cli(node, "drain", "--timeout", "1s", "--json");
    expect(late.code).toBe(1);
    const { error } = JSON.parse(late.stdout);
    expect(error.code).toBe("drain-timeout");
    expect(error.hints[0]).toMatch(/^run run-long, agent main, for \d+ s: sh -c /u);

    const drained = cli(node, "drain", "--stop");
    await node.line(/the owner has paused this node until it is resumed/u);
    writeFileSync(gate, "");
    const { code, stdout, stderr } = await drained;
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/Nothing runs any more\.\nStopped the node host\.\n$/u);
    expect(await node.exited).toBe(0);
    expect((await visitor.result("long")).success).toBe(true);
  });
});
