import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";
import { runCli, type NodeProcess } from "./scenarios/node-process.ts";

describe("an audit file that takes nothing any more", () => {
  it("means that nothing runs, and that it is said clearly; it ends with the trouble", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const node = startHost({
      port: gateway.port,
      stateDir: stateDir({ "exec-approvals.json": FULL_POLICY }),
    });
    await node.line(/connected to the Gateway/u);
    const visitor = await gateway.visitor(0);
    const touch = (id: string): string => {
      const file = join(node.stateDir, `made-by-${id}`);
      visitor.invoke(id, "system.run", { command: ["touch", file] });
      return file;
    };
    const before = touch("before");
    expect(await visitor.result("before")).toMatchObject({ exitCode: 0 });
    expect(existsSync(before)).toBe(true);

    // The system lets the host write a part of a line and not one byte more, as on a full disk.
    const limit = (size: string): void => limitFiles(node, size);
    limit(`${statSync(join(node.stateDir, "exec-audit.jsonl")).size + 30}:unlimited`);
    const during = touch("during");
    expect((await visitor.result("during")).error).toEqual({
      code: "SYSTEM_RUN_DENIED",
      message:
        "SYSTEM_RUN_DENIED: approval state could not be persisted (the node could not write its audit file, so nothing was run)",
    });
    expect(existsSync(during)).toBe(false);
    const policy = join(node.stateDir, "exec-approvals.json");
    const unedited = readFileSync(policy, "utf8");
    visitor.invoke("get", "system.execApprovals.get", {});
    const { hash } = await visitor.result("get");
    visitor.invoke("set", "system.execApprovals.set", { file: { version: 1 }, baseHash: hash });
    expect((await visitor.result("set")).error).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("the exec approvals were not changed") as unknown,
    });
    expect(readFileSync(policy, "utf8")).toBe(unedited);
    const denied = await visitor.frame(({ params }) => params?.event === "exec.denied");
    expect(JSON.parse(denied.params.payloadJSON)).toMatchObject({ reason: "approval-state-write-failed" });
    await node.line(/error: could not write the audit file `.*exec-audit\.jsonl`: EFBIG/u);

    limit("unlimited:unlimited");
    const after = touch("after");
    expect(await visitor.result("after")).toMatchObject({ exitCode: 0 });
    expect(existsSync(after)).toBe(true);
    const lines = readFileSync(join(node.stateDir, "exec-audit.jsonl"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).kind)).toEqual([
      "decision",
      "outcome",
      "decision",
      "outcome",
    ]);
    const { code, stdout } = await runCli(["approvals", "log", "verify"], { stateDir: node.stateDir });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Intact/mu)]);
    expectReadable(node.output());
    expect(await node.stop()).toBe(0);
  });

  it("stops nothing where the owner wants it so; that is said once, with a count", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const node = startHost({
      port: gateway.port,
      stateDir: stateDir({
        "exec-approvals.json": FULL_POLICY,
        "node.json": '{"version":1,"nodeId":"n-1","auditFailure":"warn"}',
      }),
    });
    await node.line(/connected to the Gateway/u);
    const visitor = await gateway.visitor(0);
    visitor.invoke("before", "system.run", { command: ["true"] });
    await visitor.result("before");
    limitFiles(node, "1:unlimited");
    for (const id of ["a", "b", "c"]) {
      // What is run may write no file either.
      visitor.invoke(id, "system.run", { command: ["true"] });
      expect(await visitor.result(id)).toMatchObject({ exitCode: 0 });
    }
    expect(await node.stop()).toBe(0);
    const said = node.output().match(/audit (?:was|were) not written.*/gu) ?? [];
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/and runs go on \(auditFailure is "warn"\): .*EFBIG/u);
    expect(node.output()).toMatch(/warning: a line of the audit was not written/u);
    expect(node.output()).toMatch(/warning: 5 lines of the audit were not written/u);
    expectReadable(node.output());
    const lines = readFileSync(join(node.stateDir, "exec-audit.jsonl"), "utf8").trim().split("\n");
    expect(lines).toHaveLength(2);
  });
});

function limitFiles({ child }: NodeProcess, size: string): void {
  execFileSync("prlimit", ["--pid", String(child.pid), `--fsize=${size}`]);
}
