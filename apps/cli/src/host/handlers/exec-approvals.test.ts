import { readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dispatchInvoke } from "../dispatch.ts";
import type { HostContext, InvokeAnswer, InvokeCall } from "../host-context.ts";
import { hostScene } from "../host-scene.test.support.ts";

const CALL: InvokeCall = {
  id: "i-1",
  signal: new AbortController().signal,
  protocol: 4,
  prepareSeen: false,
  maxPayloadBytes: 400_000,
  sendEvent: () => undefined,
};

async function ask(context: HostContext, command: string, params?: unknown): Promise<InvokeAnswer> {
  const paramsJSON = params === undefined ? undefined : JSON.stringify(params);
  return await dispatchInvoke({ id: "i-1", nodeId: "d", command, paramsJSON }, CALL, context);
}

async function hashOf(context: HostContext): Promise<string> {
  const answer = await ask(context, "system.execApprovals.get");
  return answer.ok ? (answer.payload as { hash: string }).hash : "";
}

const NARROW = { version: 1, defaults: { security: "deny" } };

describe("system.execApprovals", () => {
  it("changes the policy only with the hash of what it replaces", async () => {
    const { context } = hostScene();
    const before = readFileSync(context.policy.path, "utf8");
    for (const baseHash of [undefined, "0".repeat(64)]) {
      expect(await ask(context, "system.execApprovals.set", { file: NARROW, baseHash })).toMatchObject({
        ok: false,
        code: "INVALID_REQUEST",
      });
      expect(readFileSync(context.policy.path, "utf8")).toBe(before);
    }
    const edited = await ask(context, "system.execApprovals.set", {
      file: NARROW,
      baseHash: await hashOf(context),
    });
    expect(edited).toMatchObject({ ok: true, payload: { file: NARROW } });
    expect(await ask(context, "system.run", { command: ["true"] })).toMatchObject({ ok: false });
  });

  it("changes nothing where the owner lets no Gateway edit, and says so in the log", async () => {
    const { context, log } = hostScene(undefined, { node: { version: 1, nodeId: "n", policyEdits: "off" } });
    const before = readFileSync(context.policy.path, "utf8");
    const params = { file: NARROW, baseHash: await hashOf(context) };
    expect(await ask(context, "system.execApprovals.set", params)).toMatchObject({ ok: false });
    expect(readFileSync(context.policy.path, "utf8")).toBe(before);
    expect(log).toEqual([expect.stringMatching(/^warn: refused a policy edit from the Gateway/u)]);
  });

  it("says why the file cannot be changed, and follows no link", async () => {
    const { context, dir } = hostScene();
    const target = join(dir, "target");
    rmSync(context.policy.path);
    symlinkSync(target, context.policy.path);
    expect(await ask(context, "system.execApprovals.set", { file: NARROW, baseHash: "x" })).toMatchObject({
      ok: false,
      code: "UNAVAILABLE",
      message: expect.stringMatching(/^UNAVAILABLE: the exec approvals `.+` is a symbolic link/u) as unknown,
    });
    expect(() => readFileSync(target)).toThrow("ENOENT");
  });
});
