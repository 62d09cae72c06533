import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AuditRecord } from "../audit.ts";
import { dispatchInvoke } from "../dispatch.ts";
import type { HostContext, InvokeAnswer, InvokeCall } from "../host-context.ts";
import { hostScene } from "../host-scene.test.support.ts";

const CALL: InvokeCall = {
  id: "i-1",
  gatewayVersion: "2026.9.6",
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

describe("the audit of policy edits", () => {
  const set = async (context: HostContext, file: unknown): Promise<InvokeAnswer> =>
    await ask(context, "system.execApprovals.set", { file, baseHash: await hashOf(context) });
  const LISTED = {
    version: 1,
    defaults: { security: "allowlist" },
    agents: { main: { allowlist: [{ pattern: "/usr/bin/rg", argPattern: "--token=s3cret-value" }] } },
  };

  it("writes what changes before it is stored, and says it in the log", async () => {
    const { context, audited, log } = hostScene(undefined, { gatewayHost: "gw.example:18789" });
    const from = await hashOf(context);
    const stored: string[] = [];
    const record = (line: AuditRecord): void => {
      audited.push(line);
      stored.push(readFileSync(context.policy.path, "utf8"));
    };
    const before = readFileSync(context.policy.path, "utf8");
    await set({ ...context, audit: { record, close: () => undefined } }, LISTED);
    expect(stored).toEqual([before]);
    expect(audited).toEqual([
      {
        kind: "policy-edit",
        by: "gateway",
        outcome: "accepted",
        from,
        to: await hashOf(context),
        changes: [
          "~ defaults: security full -> allowlist",
          "- defaults: ask off",
          "+ main: the agent itself",
          "+ main: allow /usr/bin/rg args --token=[redacted]",
        ],
        invokeId: "i-1",
        gateway: "gw.example:18789",
        gatewayVersion: "2026.9.6",
      },
    ]);
    expect(log.slice(0, 3)).toEqual([
      "info: the Gateway edited the exec approvals",
      "info:   ~ defaults: security full -> allowlist",
      "info:   - defaults: ask off",
    ]);
  });

  it("writes every refused edit with its reason", async () => {
    const { context, audited } = hostScene(undefined, {
      node: { version: 1, nodeId: "n", policyEdits: "narrow" },
    });
    await ask(context, "system.execApprovals.set", { file: NARROW, baseHash: "0" });
    await set(context, NARROW);
    await set(context, LISTED);
    expect(audited).toMatchObject([
      { outcome: "refused", reason: expect.stringContaining("changed; reload and retry") as unknown },
      {
        outcome: "accepted",
        changes: [expect.stringContaining("security full -> deny"), "- defaults: ask off"],
      },
      { outcome: "refused", reason: expect.stringContaining("may only be narrowed") as unknown },
    ]);
  });

  it("stores nothing that cannot be audited", async () => {
    const { context, log } = hostScene();
    const full = (): never => {
      throw new Error("the disk is full");
    };
    const before = readFileSync(context.policy.path, "utf8");
    expect(await set({ ...context, audit: { record: full, close: full } }, NARROW)).toEqual({
      ok: false,
      code: "UNAVAILABLE",
      message: "UNAVAILABLE: the node could not write its audit file, so the exec approvals were not changed",
    });
    expect(readFileSync(context.policy.path, "utf8")).toBe(before);
    expect(log).toContain("error: the disk is full");
  });

  it("says when an edit could not be stored after all", async () => {
    const { context, audited, dir } = hostScene();
    const baseHash = await hashOf(context);
    const record = (line: AuditRecord): void => {
      audited.push(line);
      // From here on nothing can be put in the place of the policy.
      rmSync(context.policy.path);
      mkdirSync(join(context.policy.path, "x"), { recursive: true });
    };
    const audit = { record: record, close: () => undefined };
    const answer = await ask({ ...context, audit }, "system.execApprovals.set", { file: NARROW, baseHash });
    expect(answer).toMatchObject({ ok: false, code: "UNAVAILABLE" });
    expect(audited).toMatchObject([
      { outcome: "accepted" },
      { outcome: "failed", reason: expect.stringContaining(dir) as unknown },
    ]);
  });

  it("tells a few of very many changes, each of them short", async () => {
    const { context, audited, log } = hostScene();
    const allowlist = Array.from({ length: 500 }, (_, index) => ({
      pattern: `/opt/${index}/${"x".repeat(400)}`,
    }));
    await set(context, { version: 1, agents: { main: { allowlist } } });
    const [line] = audited;
    if (line?.kind !== "policy-edit") throw new Error("no edit");
    expect(line.changes).toHaveLength(49);
    expect(line.changes?.at(-1)).toBe("and 455 more");
    for (const change of line.changes ?? []) expect(change.length).toBeLessThan(300);
    expect(log.length).toBeLessThan(20);
  });
});
