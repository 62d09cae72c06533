import { ConnectionError } from "@openclaw/gateway-connection";
import type { EventFrame } from "@openclaw/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostScene, keepingSession, type SentRequest } from "./host-scene.test.support.ts";
import { InvokeLedger } from "./invoke-ledger.ts";
import { INVOKE_LIMITS, Invokes } from "./invokes.ts";

const DEVICE = "d-1";

function invoke(id: unknown, command: unknown, params?: unknown, more: object = {}): EventFrame {
  const paramsJSON = params === undefined ? null : JSON.stringify(params);
  return {
    type: "event",
    event: "node.invoke.request",
    payload: { id, nodeId: DEVICE, command, paramsJSON, ...more },
  };
}
const which = (id: string, more: object = {}): EventFrame => invoke(id, "system.which", { bins: [] }, more);
const sleep = (id: string, more: object = {}): EventFrame =>
  invoke(id, "system.run", { command: ["sleep", "30"] }, more);
const cancel = (invokeId: unknown): EventFrame => ({
  type: "event",
  event: "node.invoke.cancel",
  payload: { invokeId, nodeId: DEVICE },
});

describe("Invokes", () => {
  it("answers each invoke once, however often it comes", async () => {
    const invokes = new Invokes(hostScene().context, DEVICE);
    const session = keepingSession();
    for (const id of ["a", "a", "b", "a"]) invokes.onEvent(which(id), session);
    await session.answered(2);
    invokes.onEvent(which("b"), session);
    await invokes.close();
    expect(session.sent.map(({ params }) => params["id"])).toEqual(["a", "b"]);
    expect(session.results().get("a")).toEqual({
      id: "a",
      nodeId: DEVICE,
      ok: true,
      payloadJSON: '{"bins":{}}',
    });
  });

  it("runs nothing again for a key that was used, and says so", async () => {
    const { context, audited } = hostScene();
    const invokes = new Invokes(context, DEVICE);
    const session = keepingSession();
    const run = (id: string): EventFrame =>
      invoke(id, "system.run", { command: ["true"] }, { idempotencyKey: "k" });
    invokes.onEvent(run("a"), session);
    invokes.onEvent(run("b"), session);
    await session.answered(2);
    expect(session.results().get("b")).toMatchObject({
      ok: false,
      error: {
        code: "INVALID_REQUEST",
        message: expect.stringContaining("nothing was run again") as unknown,
      },
    });
    expect(audited.filter(({ kind }) => kind === "outcome")).toHaveLength(1);
  });

  it("runs nothing that it could not remember, and says so", async () => {
    const { context, audited } = hostScene();
    const invokes = new Invokes(context, DEVICE, new InvokeLedger(undefined, 3));
    const session = keepingSession();
    for (const id of ["a", "b", "c", "a"])
      invokes.onEvent(
        invoke(id, "system.run", { command: ["true"] }, { idempotencyKey: `key-${id}` }),
        session,
      );
    await session.answered(3);
    await invokes.close();
    const answers = session.sent.filter(({ method }) => method === "node.invoke.result");
    expect(answers).toHaveLength(3);
    expect(new Set(answers.map(({ params }) => params["id"]))).toEqual(new Set(["a", "b", "c"]));
    for (const id of ["b", "c"])
      expect(session.results().get(id)).toMatchObject({
        error: { code: "UNAVAILABLE", message: expect.stringContaining("can remember") as unknown },
      });
    expect(audited.filter(({ kind }) => kind === "outcome")).toHaveLength(1);
  });

  it("lets a key come again whose invoke was refused for another reason", async () => {
    const invokes = new Invokes(hostScene().context, DEVICE);
    const session = keepingSession();
    invokes.onEvent(which("a", { nodeId: "somebody", idempotencyKey: "k" }), session);
    invokes.onEvent(which("b", { idempotencyKey: "k" }), session);
    await session.answered(2);
    expect(session.results().get("a")).toMatchObject({
      ok: false,
      error: { message: "INVALID_REQUEST: nodeId is not this node" },
    });
    expect(session.results().get("b")).toMatchObject({ ok: true });
  });

  it("refuses what is more than it can do, and answers all of it", async () => {
    const invokes = new Invokes(hostScene().context, DEVICE);
    const session = keepingSession();
    const count = INVOKE_LIMITS.active + 44;
    for (let index = 0; index < count; index += 1) invokes.onEvent(which(`i-${index}`), session);
    expect(invokes.activeCount).toBe(INVOKE_LIMITS.active);
    await session.answered(count);
    const busy = [...session.results().values()].filter((answer) => answer["ok"] === false);
    expect(busy).toHaveLength(44);
    expect(busy[0]).toMatchObject({
      error: { code: "UNAVAILABLE", message: "UNAVAILABLE: busy, 1024 calls are being worked on" },
    });
    await invokes.close();
    expect(invokes.activeCount).toBe(0);
  });

  it("keeps no place for an answer that a Gateway is slow to take", async () => {
    const never = new Promise<never>(() => undefined);
    const invokes = new Invokes(hostScene().context, DEVICE);
    const session = keepingSession(() => never);
    for (let index = 0; index < INVOKE_LIMITS.active + 10; index += 1) {
      invokes.onEvent(which(`i-${index}`), session);
      await session.answered(index + 1);
    }
    expect([...session.results().values()].every((answer) => answer["ok"] === true)).toBe(true);
    expect(invokes.activeCount).toBe(0);
  });

  it.each([
    ["no command", { id: "a", nodeId: DEVICE }],
    ["a command of another type", { id: "a", nodeId: DEVICE, command: 5 }],
    ["params of another type", { id: "a", nodeId: DEVICE, command: "system.which", paramsJSON: {} }],
    ["an endless key", { id: "a", nodeId: DEVICE, command: "x", idempotencyKey: "k".repeat(600) }],
  ])("answers an invoke with %s, as long as it has an id", async (_what, payload) => {
    const { context, log } = hostScene();
    const invokes = new Invokes(context, DEVICE);
    const session = keepingSession();
    invokes.onEvent({ type: "event", event: "node.invoke.request", payload }, session);
    invokes.onEvent({ type: "event", event: "node.invoke.request", payload }, session);
    await session.answered(1);
    expect(session.sent).toHaveLength(1);
    expect(session.results().get("a")).toMatchObject({ ok: false, error: { code: "INVALID_REQUEST" } });
    expect(log[0]).toMatch(/^warn: refused an invoke that does not follow the protocol/u);
  });

  it("takes any event, and dies of none", () => {
    const invokes = new Invokes(hostScene().context, DEVICE);
    const session = keepingSession();
    fc.assert(
      fc.property(
        fc.constantFrom("node.invoke.request", "node.invoke.cancel", "tick", "x"),
        fc.anything(),
        (event, payload) => {
          invokes.onEvent({ type: "event", event, payload }, session);
        },
      ),
    );
  });

  it("ends a run that is cancelled, and minds no unknown id", async () => {
    const invokes = new Invokes(hostScene().context, DEVICE);
    await invokes.prepare();
    const session = keepingSession();
    invokes.onEvent(sleep("a"), session);
    for (const id of ["b", "", null, 5, "__proto__"]) invokes.onEvent(cancel(id), session);
    expect(invokes.activeCount).toBe(1);
    invokes.onEvent(cancel("a"), session);
    await session.answered(1);
    const payload = JSON.parse(String(session.results().get("a")?.["payloadJSON"])) as object;
    expect(payload).toMatchObject({ success: false, error: "the run was cancelled" });
  });

  it("ends its runs with their connection", async () => {
    const { context, audited } = hostScene();
    const invokes = new Invokes(context, DEVICE);
    await invokes.prepare();
    invokes.onEvent(
      sleep("a"),
      keepingSession(() => new ConnectionError("closed", "gone")),
    );
    invokes.endSession();
    await invokes.close();
    expect(audited.at(-1)).toMatchObject({ kind: "outcome", cancelled: true });
  });

  it("says so when an answer is larger than the Gateway takes", async () => {
    const tooLarge = ({ params }: SentRequest): ConnectionError | undefined =>
      params["ok"] === true ? new ConnectionError("too-large", "too large") : undefined;
    const invokes = new Invokes(hostScene().context, DEVICE);
    const session = keepingSession(tooLarge);
    invokes.onEvent(which("a"), session);
    await session.answered(1);
    expect(session.results().get("a")).toMatchObject({ ok: false, error: { code: "UNAVAILABLE" } });
  });

  it("says so once when the text of a refusal is larger than the Gateway takes", async () => {
    let sends = 0;
    const tooLarge = ({ params }: SentRequest): ConnectionError | undefined => {
      sends += 1;
      const { message } = params["error"] as { message: string };
      return message.includes("larger") && sends < 3
        ? undefined
        : new ConnectionError("too-large", "too large");
    };
    const invokes = new Invokes(hostScene().context, DEVICE);
    const session = keepingSession(tooLarge);
    invokes.onEvent(invoke("a", "no.such.command"), session);
    await session.answered(1);
    expect(session.results().get("a")).toMatchObject({
      error: { message: "UNAVAILABLE: the answer is larger than the Gateway takes" },
    });
    // Not even that: then nobody is told, and nothing goes on for ever.
    invokes.onEvent(invoke("b", "no.such.command"), session);
    await invokes.close();
    expect(sends).toBe(4);
  });

  it("stops in time, also when a Gateway takes no answer", async () => {
    const never = new Promise<never>(() => undefined);
    const invokes = new Invokes(hostScene().context, DEVICE);
    const session = keepingSession(() => never);
    invokes.onEvent(which("a"), session);
    invokes.onEvent(sleep("b"), session);
    await session.answered(1);
    await invokes.close();
    expect([...session.results().keys()]).toEqual(["a", "b"]);
  });

  it("refuses what comes while it stops", async () => {
    const invokes = new Invokes(hostScene().context, DEVICE);
    const session = keepingSession();
    invokes.onEvent(sleep("a"), session);
    const closed = invokes.close();
    invokes.onEvent(which("late"), session);
    await closed;
    expect(session.results().get("late")).toMatchObject({
      error: { message: "UNAVAILABLE: the node host is stopping" },
    });
  });
});
