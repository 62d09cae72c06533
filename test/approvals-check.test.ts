import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway, type Visitor } from "./bad-input/scripted-gateway.ts";
import { runCli, type NodeProcess } from "./scenarios/node-process.ts";

type Json = any; // oxlint-disable-line typescript/no-explicit-any -- answers of a program under test

/** A host whose PATH begins with a directory that the terminal does not have; both find a `tool`. */
interface Place {
  readonly node: NodeProcess;
  readonly visitor: Visitor;
  readonly hostBin: string;
  readonly ownBin: string;
  readonly check: (
    ...words: readonly string[]
  ) => Promise<{ readonly code: number | null; readonly json: Json }>;
}

async function place(): Promise<Place> {
  const dir = stateDir();
  const [hostBin, ownBin] = [join(dir, "host-bin"), join(dir, "own-bin")];
  for (const bin of [hostBin, ownBin]) {
    mkdirSync(bin);
    writeFileSync(join(bin, "tool"), "#!/bin/sh\ntouch ran\n");
    chmodSync(join(bin, "tool"), 0o755);
  }
  const policy = {
    version: 1,
    agents: { main: { allowlist: [{ id: "1", pattern: join(hostBin, "tool") }] } },
  };
  writeFileSync(join(dir, "exec-approvals.json"), JSON.stringify(policy), { mode: 0o600 });
  const gateway = await scriptedGateway((visitor) => visitor.accept());
  const path = process.env["PATH"] ?? "";
  const node = startHost({ port: gateway.port, stateDir: dir, env: { PATH: `${hostBin}:${path}` } });
  await node.line(/connected to the Gateway/u);
  return {
    node,
    visitor: await gateway.visitor(0),
    hostBin,
    ownBin,
    check: async (...words) => {
      const { code, stdout } = await runCli(["approvals", "check", "--json", ...words], {
        stateDir: dir,
        env: { PATH: `${ownBin}:${path}` },
      });
      return { code, json: JSON.parse(stdout) };
    },
  };
}

/** The decision of the audit for one run. */
function audited(dir: string, runId: string): Json {
  const lines = readFileSync(join(dir, "exec-audit.jsonl"), "utf8").trim().split("\n");
  return lines.map((line): Json => JSON.parse(line)).find((line) => line.runId === runId);
}

describe("approvals check beside a real host", () => {
  it("gives the host's answer, which is what system.run then decides, and without the host its own", async () => {
    const { node, visitor, check, hostBin, ownBin } = await place();
    const files = (): readonly string[] =>
      ["exec-audit.jsonl", "exec-approvals.json"].map((name) =>
        readFileSync(join(node.stateDir, name), "utf8"),
      );
    const before = files();
    const there = await check("--", "tool");
    expect(there.code).toBe(0);
    expect(there.json).toMatchObject({
      outcome: "allow",
      reason: "listed",
      limits: [],
      host: { pid: node.child.pid, cwd: process.cwd(), paused: false },
      start: { executable: join(hostBin, "tool"), cwd: process.cwd() },
    });
    const text = await check("--raw", "tool && id");
    expect(text).toMatchObject({ code: 3, json: { outcome: "ask", argv: ["/bin/sh", "-lc", "tool && id"] } });
    expect(text.json.segments.map(({ covered }: Json) => covered)).toEqual([true, false]);
    // So far nothing was run, audited or noted.
    expect(files()).toEqual(before);
    expect(readdirSync(node.stateDir)).not.toContain("ran");

    visitor.invoke("a", "system.run", { command: ["tool"], agentId: "main", runId: "a", cwd: node.stateDir });
    expect(await visitor.result("a")).toMatchObject({ success: true });
    expect(readdirSync(node.stateDir)).toContain("ran");
    const { outcome, reason, rule } = there.json;
    expect(audited(node.stateDir, "a")).toMatchObject({ outcome, reason, rule });
    const command = ["/bin/sh", "-lc", "tool && id"];
    visitor.invoke("b", "system.run", { command, rawCommand: "tool && id", agentId: "main", runId: "b" });
    expect((await visitor.result("b")).error.message).toContain(text.json.sentence);
    const { reason: why, rule: by } = text.json;
    expect(audited(node.stateDir, "b")).toMatchObject({ outcome: "ask", reason: why, rule: by });
    // The log of the host says the same as the check.
    const [step] = text.json.remedy.steps;
    expect(await node.line(/to allow it/u)).toContain(`to allow it: ${step.command}`);

    node.child.kill("SIGTERM");
    await node.exited;
    const here = await check("--", "tool");
    expect(here.code).toBe(3);
    expect(here.json).toMatchObject({ outcome: "ask", reason: "not-listed" });
    expect(here.json).not.toHaveProperty("host");
    expect(here.json.segments[0].resolved).toBe(join(ownBin, "tool"));
    expect(here.json.limits[0]).toMatch(/^no node host answers here, so this command decided: .*PATH/u);
  });

  it("judges by the settings that the host has read, and means directories from this terminal", async () => {
    const { node, check } = await place();
    writeFileSync(join(node.stateDir, "node.json"), "{");
    const { json } = await check("--cwd", "test", "--", "tool");
    expect(json).toMatchObject({ outcome: "allow", cwd: join(process.cwd(), "test"), host: {} });
  });
});
