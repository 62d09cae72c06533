import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";

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

    // The system lets the host write not one byte more, as on a full disk.
    const limit = (size: string): void =>
      void execFileSync("prlimit", ["--pid", String(node.child.pid), `--fsize=${size}`]);
    limit("1:unlimited");
    const during = touch("during");
    expect((await visitor.result("during")).error).toEqual({
      code: "SYSTEM_RUN_DENIED",
      message:
        "SYSTEM_RUN_DENIED: approval state could not be persisted (the node could not write its audit file, so nothing was run)",
    });
    expect(existsSync(during)).toBe(false);
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
    expectReadable(node.output());
    expect(await node.stop()).toBe(0);
  });
});
