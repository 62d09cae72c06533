import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startScene } from "./testing/scene.test.support.ts";

const SNAPSHOT = { path: "p", exists: true, hash: "h", file: { version: 1, defaults: { security: "odd" } } };

describe("the policy of a node", () => {
  test("goes through to the node and back", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    node.answerInvokes((command, params, event) => {
      expect(event).not.toHaveProperty("idempotencyKey");
      return command.endsWith(".get") ? SNAPSHOT : { ...SNAPSHOT, file: params.file };
    });
    const nodeId = node.identity?.id;
    expect((await scene.operator.request("exec.approvals.node.get", { nodeId })).payload).toEqual(SNAPSHOT);
    const file = { version: 1, agents: { main: { allowlist: [{ pattern: "/bin/x" }] } } };
    const set = await scene.operator.request("exec.approvals.node.set", { nodeId, file, baseHash: "h" });
    expect(set.payload.file).toEqual(file);
    expect(JSON.parse(node.events("node.invoke.request")[1].paramsJSON)).toEqual({ file, baseHash: "h" });
  });

  test.each([
    ["an extra key", { ...SNAPSHOT, extra: 1 }],
    ["no hash", { path: "p", exists: true, file: { version: 1 } }],
    ["a foreign version", { ...SNAPSHOT, file: { version: 2 } }],
    ["an extra key of an agent", { ...SNAPSHOT, file: { version: 1, agents: { main: { deny: [] } } } }],
    [
      "a null time",
      {
        ...SNAPSHOT,
        file: { version: 1, agents: { a: { allowlist: [{ pattern: "x", lastUsedAt: null }] } } },
      },
    ],
    ["nothing", null],
  ])("with %s is refused in the newest era and handed on before", async (_name, reply) => {
    const error = { code: "INVALID_REQUEST", message: "node returned invalid exec approvals payload" };
    const answers = { "2026.9": { ok: false, error }, "2026.6": { ok: true, payload: reply } } as const;
    for (const era of ["2026.9", "2026.6"] as const) {
      await using scene = await startScene({ era });
      const node = await scene.node();
      node.answerInvokes(() => reply);
      const answer = await scene.operator.request("exec.approvals.node.get", { nodeId: node.identity?.id });
      expect(answer).toMatchObject(answers[era]);
    }
  });

  test.each([
    ["2026.9", { ok: false, error: { details: { reason: "command not allowlisted" } } }],
    ["2026.6", { ok: true, payload: SNAPSHOT }],
    ["2026.3", { ok: true, payload: SNAPSHOT }],
  ] as const)("before approval in %s: %j", async (era, expected) => {
    await using scene = await startScene({ era });
    const node = await scene.join();
    node.answerInvokes(() => SNAPSHOT);
    const nodeId = node.identity?.id;
    expect(await scene.operator.request("exec.approvals.node.get", { nodeId })).toMatchObject(expected);
    const direct = await scene.invoke(node, "system.execApprovals.get", {});
    expect(direct.error.message).toMatch(/^node\.invoke does not allow/);
  });

  test("tells why when the node refuses", async () => {
    await using scene = await startScene();
    const node = await scene.node();
    node.answerInvokes(() => ({ error: { code: "INVALID_REQUEST", message: "exec approvals changed" } }));
    const params = { nodeId: node.identity?.id, file: { version: 1 } };
    const answer = await scene.operator.request("exec.approvals.node.set", params);
    expect(answer.error).toMatchObject({
      code: "UNAVAILABLE",
      message: "INVALID_REQUEST: exec approvals changed",
    });
  });
});

describe("the policy of the Gateway's own machine", () => {
  test("changes only for the one who read it, and stays over a restart", async () => {
    const directory = mkdtempSync(join(tmpdir(), "dev-gateway-"));
    const stateFile = join(directory, "state.json");
    try {
      let hash: string;
      {
        await using scene = await startScene({ stateFile });
        const before = (await scene.operator.request("exec.approvals.get", {})).payload;
        const set = (file: object, baseHash?: string) =>
          scene.operator.request("exec.approvals.set", {
            file,
            ...(baseHash === undefined ? {} : { baseHash }),
          });
        expect((await set({ version: 1 })).error.message).toMatch(/^exec approvals base hash required/);
        expect((await set({ version: 1 }, "bad")).error.message).toMatch(
          /^exec approvals changed since last load/,
        );
        const huge = { version: 1, defaults: { security: "x".repeat(1_048_577) } };
        expect((await set(huge, before.hash)).error.message).toMatch(/^exec approvals file is larger/);
        const file = { version: 1, agents: { main: { allowlist: [{ pattern: "/bin/x" }] } } };
        const after = (await set(file, before.hash)).payload;
        expect(after.file.agents.main.allowlist[0]).toEqual({ pattern: "/bin/x", id: expect.any(String) });
        expect(after.resolvedDefaults.security).toBe("full");
        hash = after.hash;
        expect(hash).not.toBe(before.hash);
      }
      await using again = await startScene({ stateFile });
      expect((await again.operator.request("exec.approvals.get", {})).payload.hash).toBe(hash);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
