import { describe, expect, it, vi } from "vitest";
import { failureOf, IDENTITY, NODE_PROFILE, openSockets } from "./node-profile.test.support.ts";
import { startGateway, type HelloParts, type ScriptedClient } from "./scripted-gateway.test.support.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";

interface Pair {
  readonly session: Session;
  readonly client: ScriptedClient;
}

async function connected(hello: HelloParts = {}, options: Partial<SessionOptions> = {}): Promise<Pair> {
  const gateway = await startGateway(async (client) => await client.accept(hello));
  const session = await openSession({
    endpoint: gateway.endpoint,
    profile: NODE_PROFILE,
    identity: IDENTITY,
    credential: {},
    ...options,
  });
  const client = gateway.clients[0];
  if (client === undefined) throw new Error("nobody came");
  return { session, client };
}

describe("requests", () => {
  it("are answered by id, in whatever order", async () => {
    const { session, client } = await connected();
    const answers = [1, 2, 3].map(async (n) => await session.request("node.event", { n }));
    const seen = [await client.next(), await client.next(), await client.next()];
    expect(seen.map(({ type, method, params }) => ({ type, method, params }))).toEqual(
      [1, 2, 3].map((n) => ({ type: "req", method: "node.event", params: { n } })),
    );
    expect(new Set(seen.map(({ id }) => id)).size).toBe(3);
    for (const { id, params } of seen.toReversed()) client.answer(id, { got: params["n"] });
    expect(await Promise.all(answers)).toEqual([{ got: 1 }, { got: 2 }, { got: 3 }]);
    await session.close();
  });

  it("ignore answers to nobody and second answers", async () => {
    const { session, client } = await connected();
    const answer = session.request("m", {});
    const { id } = await client.next();
    for (const stranger of ["connect", "999", "__proto__"]) client.answer(stranger, "no");
    client.answer(id, "yes");
    client.answer(id, "again");
    client.send({ type: "res", id, ok: false, error: { code: "X", message: "late" } });
    expect(await answer).toBe("yes");
    const next = session.request("m", {});
    client.answer((await client.next()).id);
    expect(await next).toBeUndefined();
    await session.close();
  });

  it("fail with the Gateway's error", async () => {
    const { session, client } = await connected();
    const failure = failureOf(session.request("node.invoke", {}));
    const error = {
      code: "UNAVAILABLE",
      message: "node\u0007 not connected",
      details: { code: "NOT_CONNECTED" },
    };
    client.send({ type: "res", id: (await client.next()).id, ok: false, error });
    expect(await failure).toMatchObject({
      code: "request-failed",
      message: "node.invoke: node  not connected",
      details: { gateway: error, method: "node.invoke" },
    });
    await session.close();
  });

  it("fail when no answer comes in time; a late one is ignored", async () => {
    const { session, client } = await connected({}, { limits: { requestMs: 50 } });
    const failure = failureOf(session.request("slow", {}));
    const own = failureOf(session.request("slower", {}, { timeoutMs: 20 }));
    const { id } = await client.next();
    expect(await failure).toMatchObject({ code: "request-timeout", message: "slow got no answer in 50 ms" });
    expect(await own).toMatchObject({ code: "request-timeout", message: "slower got no answer in 20 ms" });
    client.answer(id, "late");
    await client.next();
    const next = session.request("m", {});
    client.answer((await client.next()).id, "fine");
    expect(await next).toBe("fine");
    await session.close();
  });

  it("wait for ever with 0, and for very long with a very long time", async () => {
    const { session, client } = await connected({}, { limits: { requestMs: 1 } });
    const answers = [0, Number.MAX_SAFE_INTEGER].map(
      async (timeoutMs) => await session.request("m", {}, { timeoutMs }),
    );
    const ids = [(await client.next()).id, (await client.next()).id];
    await failureOf(session.request("a moment", {}, { timeoutMs: 30 }));
    for (const id of ids) client.answer(id, id);
    expect(await Promise.all(answers)).toEqual(ids);
    await session.close();
  });

  it("are given up by their signal, before and while they wait", async () => {
    const { session, client } = await connected();
    const abort = new AbortController();
    const failure = failureOf(session.request("m", {}, { signal: abort.signal }));
    await client.next();
    abort.abort();
    expect(await failure).toMatchObject({ code: "aborted", message: "m was given up" });
    expect(await failureOf(session.request("n", {}, { signal: abort.signal }))).toMatchObject({
      code: "aborted",
    });
    await session.close();
  });

  it("are bounded in number, and take places again when some are done", async () => {
    const { session, client } = await connected({}, { limits: { pendingRequests: 3 } });
    const waiting = [1, 2, 3].map(async (n) => await session.request("m", { n }));
    expect(await failureOf(session.request("m", {}))).toMatchObject({
      code: "busy",
      message: "cannot call m: 3 requests wait for an answer already",
    });
    for (let n = 0; n < waiting.length; n += 1) client.answer((await client.next()).id);
    await Promise.all(waiting);
    const again = session.request("m", {});
    client.answer((await client.next()).id, 4);
    expect(await again).toBe(4);
    await session.close();
  });

  it.each([
    ["we hold", {}, 100_000],
    ["the Gateway named", { maxBufferedBytes: 100_000 }, 10_000_000],
  ])(
    "wait while the Gateway does not read, for as much as %s, and go then in order",
    async (_who, hello, bufferedBytes) => {
      const { session, client } = await connected(hello, { limits: { bufferedBytes } });
      client.tcp.pause();
      const big = session.request("big", { text: "x".repeat(8_000_000) });
      const waiting = [1, 2, 3].map(async (n) => await session.request("m", { n, text: "x".repeat(30_000) }));
      const gone = failureOf(session.request("gone", {}, { timeoutMs: 20 }));
      expect(await failureOf(session.request("m", { text: "x".repeat(50_000) }))).toMatchObject({
        code: "busy",
      });
      expect(await gone).toMatchObject({ code: "request-timeout" });
      client.tcp.resume();
      const seen: unknown[] = [];
      for (let n = 0; n < 4; n += 1) {
        const frame = await client.next();
        seen.push(frame.params["n"] ?? frame.method);
        client.answer(frame.id);
      }
      await Promise.all([big, ...waiting]);
      // Who gave up waiting was not sent.
      expect(seen).toEqual(["big", 1, 2, 3]);
      await session.close();
    },
  );

  it("are refused while the Gateway does not read for long", async () => {
    const { session, client } = await connected({}, { limits: { bufferedBytes: 100_000 } });
    client.tcp.pause();
    const text = "x".repeat(8_000_000);
    const first = failureOf(session.request("big", { text }));
    const second = failureOf(session.request("m", { text }));
    expect(await failureOf(session.request("m", {}))).toMatchObject({
      code: "busy",
      message: "cannot call m: the Gateway reads too slowly",
    });
    client.tcp.destroy();
    await session.close();
    expect(await first).toMatchObject({ code: "closed" });
    expect(await second).toMatchObject({ code: "closed" });
  });

  it("over the Gateway's limit are not sent; one at the limit is", async () => {
    const { session, client } = await connected({ maxPayload: 20_000 });
    const frame = JSON.stringify({ type: "req", id: "1", method: "m", params: { text: "" } }).length;
    const fits = session.request("m", { text: "x".repeat(20_000 - frame) });
    expect(await failureOf(session.request("m", { text: "x".repeat(20_001 - frame) }))).toMatchObject({
      code: "too-large",
      message: "cannot call m: the request is larger than the Gateway's limit of 20000 bytes",
    });
    // Bytes count, not characters.
    expect(await failureOf(session.request("m", { text: "ä".repeat(10_000) }))).toMatchObject({
      code: "too-large",
    });
    client.answer((await client.next()).id, "ok");
    expect(await fits).toBe("ok");
    await session.close();
  });

  it("with params that are not JSON fail at once and leave nothing behind", async () => {
    const { session } = await connected({}, { limits: { pendingRequests: 1 } });
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    for (const params of [circle, { big: 1n }])
      expect(await failureOf(session.request("m", params))).toMatchObject({
        code: "request-failed",
        message: "cannot call m: its params are not JSON",
      });
    await session.close();
  });

  it("fail when the connection ends, and afterwards at once", async () => {
    const { session, client } = await connected();
    const failures = ["a", "b"].map(
      async (method) => await failureOf(session.request(method, {}, { timeoutMs: 0 })),
    );
    await client.next();
    client.socket.close(1012, "service restart");
    expect(await Promise.all(failures)).toMatchObject([
      { code: "closed", message: "a got no answer: connection closed (code 1012, service restart)" },
      { code: "closed", details: { close: { code: 1012, reason: "service restart" }, method: "b" } },
    ]);
    expect(await failureOf(session.request("c", {}))).toMatchObject({
      code: "closed",
      message: "cannot call c: the connection is closed",
    });
  });

  it("leave no timer and no listener", async () => {
    const { session, client } = await connected();
    const before = openSockets();
    const abort = new AbortController();
    const removed = vi.spyOn(abort.signal, "removeEventListener");
    const answers = Array.from(
      { length: 50 },
      async () => await session.request("m", {}, { signal: abort.signal }),
    );
    for (let n = 0; n < answers.length; n += 1) client.answer((await client.next()).id);
    await Promise.all(answers);
    expect(openSockets()).toBeLessThanOrEqual(before);
    expect(removed).toHaveBeenCalledTimes(50);
    await session.close();
  });
});
