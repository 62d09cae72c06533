import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AuditRecord } from "../audit.ts";
import type { HostContext, InvokeCall } from "../host-context.ts";
import { dispatchInvoke } from "../dispatch.ts";
import { hostScene } from "../host-scene.test.support.ts";

const LISTED = {
  version: 1,
  defaults: { security: "allowlist", ask: "off", askFallback: "deny" },
  agents: { "*": { allowlist: [{ pattern: "/usr/bin/touch" }, { pattern: "/bin/touch" }] } },
};

interface Sent {
  readonly event: string;
  readonly payload: object;
}

function callOf(sent: Sent[]): InvokeCall {
  return {
    id: "i-1",
    signal: new AbortController().signal,
    protocol: 4,
    prepareSeen: false,
    maxPayloadBytes: 400_000,
    sendEvent: (event, payload) => void sent.push({ event, payload: payload as object }),
  };
}

async function run(context: HostContext, params: unknown, sent: Sent[] = []): Promise<unknown> {
  const paramsJSON = typeof params === "string" ? params : JSON.stringify(params);
  const request = { id: "i-1", nodeId: "d", command: "system.run", paramsJSON };
  return await dispatchInvoke(request, callOf(sent), context);
}

const exists = (path: string): boolean => {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
};

describe("system.run and its audit", () => {
  it("writes the decision before the program starts, and the outcome before the answer", async () => {
    const order: string[] = [];
    const scene = hostScene(LISTED);
    const file = join(scene.dir, "made");
    const record = ({ kind }: AuditRecord): void =>
      void order.push(`${kind}, file ${exists(file) ? "there" : "not there"}`);
    const context = { ...scene.context, audit: { record, close: () => undefined } };
    const sent: Sent[] = [];
    expect(await run(context, { command: ["touch", file], runId: "r", sessionKey: "s" }, sent)).toMatchObject(
      { ok: true },
    );
    expect(order).toEqual(["decision, file not there", "outcome, file there"]);
    expect(sent).toMatchObject([
      { event: "exec.finished", payload: { runId: "r", sessionKey: "s", success: true } },
    ]);
  });

  it("runs nothing that cannot be audited, and says so", async () => {
    const scene = hostScene(LISTED);
    const file = join(scene.dir, "made");
    const full = (): never => {
      throw new Error("could not write the audit file: the disk is full");
    };
    const sent: Sent[] = [];
    const answer = await run(
      { ...scene.context, audit: { record: full, close: full } },
      { command: ["touch", file] },
      sent,
    );
    expect(answer).toEqual({
      ok: false,
      code: "SYSTEM_RUN_DENIED",
      message:
        "SYSTEM_RUN_DENIED: approval state could not be persisted (the node could not write its audit file, so nothing was run)",
    });
    expect(exists(file)).toBe(false);
    expect(sent).toMatchObject([
      { event: "exec.denied", payload: { reason: "approval-state-write-failed" } },
    ]);
    expect(scene.log).toContain("error: could not write the audit file: the disk is full");
  });

  it("answers a run that is over, though its end could not be audited", async () => {
    const scene = hostScene(LISTED);
    const record = ({ kind }: AuditRecord): void => {
      if (kind === "outcome") throw new Error("the disk is full");
    };
    const answer = await run(
      { ...scene.context, audit: { record, close: () => undefined } },
      {
        command: ["touch", join(scene.dir, "made")],
      },
    );
    expect(answer).toMatchObject({ ok: true, payload: { exitCode: 0 } });
    expect(scene.log).toContain("error: the disk is full");
  });

  it("starts nothing that was cancelled meanwhile", async () => {
    const scene = hostScene(LISTED);
    const file = join(scene.dir, "made");
    const aborted = { ...callOf([]), signal: AbortSignal.abort() };
    const paramsJSON = JSON.stringify({ command: ["touch", file] });
    const request = { id: "i-1", nodeId: "d", command: "system.run", paramsJSON };
    expect(await dispatchInvoke(request, aborted, scene.context)).toMatchObject({
      ok: false,
      code: "UNAVAILABLE",
    });
    expect(exists(file)).toBe(false);
    expect(scene.audited.at(-1)).toMatchObject({ kind: "not-started", reason: "cancelled" });
  });

  it("audits refusals with their reason, and shows long commands short in the log", async () => {
    const { context, audited, log } = hostScene(LISTED);
    const answer = await run(context, { command: ["id", "x".repeat(100_000)] });
    expect(answer).toMatchObject({ ok: false, code: "SYSTEM_RUN_DENIED" });
    expect(audited).toMatchObject([{ kind: "decision", outcome: "deny", reason: "not-listed" }]);
    expect(Math.max(...log.map((line) => line.length))).toBeLessThan(1500);
  });

  it("refuses everything while the policy cannot be read, and takes it when it can", async () => {
    const { context, dir } = hostScene(LISTED);
    const file = join(dir, "made");
    writeFileSync(context.policy.path, "{", { mode: 0o600 });
    expect(await run(context, { command: ["touch", file] })).toMatchObject({
      ok: false,
      message: expect.stringMatching(
        /^SYSTEM_RUN_DISABLED: security=deny \(nothing may run while/u,
      ) as unknown,
    });
    writeFileSync(context.policy.path, JSON.stringify(LISTED), { mode: 0o600 });
    expect(await run(context, { command: ["touch", file] })).toMatchObject({ ok: true });
  });
});

describe("params of system.run", () => {
  const deep = `{"command":${"[".repeat(200)}"x"${"]".repeat(200)}}`;
  it.each([
    ["text that is not JSON", "{", "paramsJSON is not JSON"],
    ["JSON that is no object", '"x"', "params: "],
    ["null", "null", "params: "],
    ["no command", "{}", "command required"],
    ["an empty command", '{"command":[]}', "command required"],
    ["an empty program", '{"command":[""]}', "command required"],
    ["a command of text", '{"command":"id"}', "command required"],
    ["numbers in the command", '{"command":[5]}', "params at `command.0`"],
    ["a NUL byte", String.raw`{"command":["id","a\u0000b"]}`, "an argument holds a NUL byte"],
    ["an environment of numbers", '{"command":["id"],"env":{"A":5}}', "params at `env.A`"],
    ["deep nesting", deep, "nests deeper than 64 levels"],
    ["approved as text", '{"command":["id"],"approved":"yes"}', "params at `approved`"],
  ])("with %s are refused in words", async (_what, text, message) => {
    const { context, audited } = hostScene();
    expect(await run(context, text)).toMatchObject({
      ok: false,
      code: "INVALID_REQUEST",
      message: expect.stringContaining(message) as unknown,
    });
    expect(audited).toEqual([]);
  });

  it("cannot reach a prototype", async () => {
    const { context } = hostScene();
    const text =
      '{"command":["env"],"__proto__":{"approved":true},"env":{"__proto__":"x","constructor":"y"}}';
    const answer = await run(context, text);
    expect(answer).not.toMatchObject({
      payload: { stdout: expect.stringContaining("__proto__") as unknown },
    });
    expect(Object.getPrototypeOf({})).not.toHaveProperty("approved");
    expect(({} as Record<string, unknown>)["approved"]).toBeUndefined();
  });

  it("cannot set what the owner sets, and the refusal is in the log", async () => {
    const { context, log } = hostScene();
    expect(await run(context, { command: ["env"], env: { LD_PRELOAD: "/x", "a b": "1" } })).toMatchObject({
      ok: false,
      code: "INVALID_REQUEST",
      message:
        "SYSTEM_RUN_DENIED: environment override rejected (blocked override keys: LD_PRELOAD; invalid non-portable override keys: a b)",
    });
    expect(log).toEqual([
      expect.stringMatching(/^info: refused env: SYSTEM_RUN_DENIED: environment override/u),
    ]);
  });
});
