import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AuditRecord } from "../audit.ts";
import { dispatchInvoke } from "../dispatch.ts";
import type { HostContext, InvokeAnswer, InvokeCall } from "../host-context.ts";
import { hostScene, type HostScene } from "../host-scene.test.support.ts";

const CALL: InvokeCall = {
  id: "i-1",
  gatewayVersion: "2026.9.6",
  signal: new AbortController().signal,
  protocol: 4,
  prepareSeen: true,
  maxPayloadBytes: 400_000,
  sendEvent: () => undefined,
};
const ASKING = { version: 1, defaults: { security: "allowlist", ask: "on-miss", askFallback: "deny" } };
const WHO = { agentId: "main", sessionKey: "agent:main:main" };

async function invoke(context: HostContext, command: string, params: object): Promise<InvokeAnswer> {
  const request = { id: "i-1", nodeId: "d", command, paramsJSON: JSON.stringify(params) };
  return await dispatchInvoke(request, CALL, context);
}

/** What a Gateway sends after its operator said "allow always". */
async function approved({ context }: HostScene, command: readonly string[]): Promise<object> {
  const rawCommand = command.join(" ");
  const answer = await invoke(context, "system.run.prepare", { command, rawCommand, ...WHO });
  if (!answer.ok) throw new Error(answer.message);
  const { plan } = answer.payload as { plan: { argv: unknown; commandText: unknown; cwd: unknown } };
  return {
    command: plan.argv,
    rawCommand: plan.commandText,
    cwd: plan.cwd,
    ...WHO,
    systemRunPlan: plan,
    runId: "r-1",
    approved: true,
    approvalDecision: "allow-always",
  };
}

describe("what a run leaves in the audit", () => {
  it("says who asked for what, under which policy, and how it ended", async () => {
    const { context, audited } = hostScene(undefined, { gatewayHost: "gw.example:18789" });
    await invoke(context, "system.run", { command: ["true"], runId: "r-1", cwd: "/", ...WHO });
    expect(audited).toMatchObject([
      {
        kind: "decision",
        runId: "r-1",
        invokeId: "i-1",
        ...WHO,
        argv: ["true"],
        cwd: "/",
        outcome: "allow",
        reason: "full",
        rule: { kind: "setting" },
        gateway: "gw.example:18789",
        gatewayVersion: "2026.9.6",
        policyHash: context.policy.current().hash,
      },
      { kind: "outcome", runId: "r-1", invokeId: "i-1", exitCode: 0, outputBytes: 0 },
    ]);
  });

  it("has a line for a request that fails before there is anything to decide", async () => {
    const { context, audited } = hostScene();
    const env = { LD_PRELOAD: "x" };
    expect(await invoke(context, "system.run", { command: ["true"], env })).toMatchObject({ ok: false });
    expect(audited).toMatchObject([{ kind: "decision", outcome: "invalid", reason: "environment-refused" }]);
  });

  it("has what `allow always` added, before it is stored", async () => {
    const scene = hostScene(ASKING);
    const run = await approved(scene, ["id", "-u"]);
    const { context, audited } = scene;
    const stored: boolean[] = [];
    const record = (line: AuditRecord): void => {
      audited.push(line);
      stored.push(readFileSync(context.policy.path, "utf8").includes("allow-always"));
    };
    const from = context.policy.current().hash;
    const audit = { record, close: () => undefined };
    expect(await invoke({ ...context, audit }, "system.run", run)).toMatchObject({ ok: true });
    expect(audited).toMatchObject([
      { kind: "decision", outcome: "allow", approvalDecision: "allow-always" },
      {
        kind: "policy-edit",
        by: "allow-always",
        outcome: "accepted",
        runId: "r-1",
        agentId: "main",
        from,
        to: context.policy.current().hash,
        changes: expect.arrayContaining([expect.stringMatching(/^\+ main: allow \/.*\/id /u)]) as unknown,
      },
      { kind: "outcome", exitCode: 0 },
    ]);
    expect(stored).toEqual([false, false, true]);
  });

  it("stores no grant that cannot be audited, and starts nothing", async () => {
    const scene = hostScene(ASKING);
    const run = await approved(scene, ["id", "-u"]);
    const before = readFileSync(scene.context.policy.path, "utf8");
    const record = (line: AuditRecord): void => {
      if (line.kind === "policy-edit") throw new Error("the disk is full");
      scene.audited.push(line);
    };
    const audit = { record, close: () => undefined };
    expect(await invoke({ ...scene.context, audit }, "system.run", run)).toMatchObject({
      ok: false,
      message: "SYSTEM_RUN_DENIED: approval state could not be persisted (the disk is full)",
    });
    expect(readFileSync(scene.context.policy.path, "utf8")).toBe(before);
    expect(scene.audited.map(({ kind }) => kind)).toEqual(["decision", "not-started"]);
  });
});
