import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { startDevGateway } from "./index.ts";
import { connect, openLink } from "./testing/client.test.support.ts";
import { startScene } from "./testing/scene.test.support.ts";

describe("before hello", () => {
  test("silence is closed after the time limit", async () => {
    await using gateway = await startDevGateway({ handshakeTimeoutMs: 400, tickIntervalMs: 500 });
    const link = await openLink(gateway.url);
    expect(await link.closed).toEqual({ code: 1000, reason: "" });
    const known = await connect(gateway);
    await known.frame((frame) => frame.event === "tick" && frame.seq === 2);
    expect((await known.request("skills.bins", {})).ok).toBe(true);
    known.ws.terminate();
  });

  test("one byte over 64 KiB is too large, and so is a frame that never ends", async () => {
    await using gateway = await startDevGateway();
    const exact = await openLink(gateway.url);
    exact.send("x".repeat(65_536));
    expect((await exact.closed).code).toBe(1000);
    const over = await openLink(gateway.url);
    over.send("x".repeat(65_537));
    expect(await over.closed).toEqual({ code: 1009, reason: "" });
    const endless = await openLink(gateway.url);
    for (let part = 0; part < 8; part += 1) endless.ws.send("x".repeat(65_536), { fin: false });
    expect((await endless.closed).code).toBe(1009);
  });

  test("a plain page is a 404", async () => {
    await using gateway = await startDevGateway();
    const [response] = await once(request({ port: gateway.port, host: "127.0.0.1" }).end(), "response");
    expect(response.statusCode).toBe(404);
    response.resume();
    await once(response, "end");
  });

  test("the nonce and the ids come from the given randomness, the time from the given clock", async () => {
    let byte = 0;
    await using gateway = await startDevGateway({
      clock: () => 1_800_000_000_000,
      random: (bytes) => new Uint8Array(bytes).fill((byte += 1)),
    });
    const link = await openLink(gateway.url);
    const challenge = await link.event("connect.challenge");
    expect(challenge.nonce).toMatch(/^(?<digit>[\da-f]{2})\k<digit>{3}-/);
    expect(challenge.ts).toBe(1_800_000_000_000);
    link.ws.terminate();
  });
});

describe("after hello", () => {
  test("ticks come at the promised interval, counted on each socket", async () => {
    await using scene = await startScene({ tickIntervalMs: 10 });
    expect(scene.operator.hello.policy.tickIntervalMs).toBe(10);
    await scene.operator.frame((frame) => frame.event === "tick" && frame.seq === 3);
    const seqs = scene.operator.frames.filter((frame) => "seq" in frame).map((frame) => frame.seq);
    expect(seqs.slice(0, 3)).toEqual([1, 2, 3]);
  });

  test("the newest era pings and takes the answer", async () => {
    await using scene = await startScene({ pingIntervalMs: 10 });
    await once(scene.operator.ws, "ping");
    expect((await scene.operator.request("node.list", {})).ok).toBe(true);
  });

  test("a frame over maxPayload closes with 1009, one below is taken", async () => {
    await using scene = await startScene({ maxPayload: 100_000 });
    expect(scene.operator.hello.policy.maxPayload).toBe(100_000);
    const small = await scene.operator.request("node.list", { pad: "x".repeat(90_000) });
    expect(small.error.message).toMatch(/unexpected property/);
    scene.operator.send({ pad: "x".repeat(100_000) });
    expect(await scene.operator.closed).toEqual({ code: 1009, reason: "" });
  });

  test("a client that reads too slowly is closed", async () => {
    await using scene = await startScene({ maxBufferedBytes: 200_000 });
    const node = await scene.node();
    node.ws.pause();
    const gone = new Promise((resolve) => {
      scene.gateway.on((event) => {
        if (event.type === "closed" && event.client.deviceId === node.identity?.id) resolve(event);
      });
    });
    const answers = Array.from({ length: 30 }, () =>
      scene.invoke(node, "system.which", { pad: "x".repeat(1_000_000) }),
    );
    await gone;
    const errors = await Promise.all(answers.map(async (answer) => (await answer).error.message));
    expect(errors).toContain("DISCONNECTED: node disconnected (system.which)");
    node.ws.resume();
    expect(await node.closed).toMatchObject({
      code: expect.toSatisfy((code) => [1008, 1006].includes(code)),
    });
  });

  test("eleven forbidden calls close the socket of a node, in the oldest era none do", async () => {
    await using scene = await startScene();
    const node = await scene.join();
    for (let count = 0; count < 11; count += 1) {
      expect((await node.request("node.list", {})).error.message).toBe("unauthorized role: node");
    }
    expect(await node.closed).toEqual({ code: 1008, reason: "repeated unauthorized calls" });
    const operator = await scene.join({ role: "operator" });
    for (let count = 0; count < 20; count += 1) await operator.request("no.such.method", {});
    expect((await operator.request("node.list", {})).ok).toBe(true);
    await using old = await startScene({ era: "2026.2" });
    const patient = await old.join();
    for (let count = 0; count < 20; count += 1) await patient.request("node.list", {});
    expect((await patient.request("skills.bins", {})).ok).toBe(true);
  });

  test("names of inherited properties are no methods", async () => {
    await using scene = await startScene();
    for (const method of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      expect((await scene.operator.request(method, {})).error.message).toBe(`unknown method: ${method}`);
    }
  });

  test("deep JSON does no harm", async () => {
    await using scene = await startScene();
    scene.operator.send(`{"type":"req","id":"1","method":"node.list","params":${"[".repeat(100_000)}`);
    const depth = 900;
    scene.operator.send(
      `{"type":"req","id":"deep","method":"node.list","params":{"a":${"[".repeat(depth)}${"]".repeat(depth)}}}`,
    );
    expect((await scene.operator.frame((frame) => frame.id === "deep")).ok).toBe(false);
    expect((await scene.operator.request("node.list", {})).ok).toBe(true);
  });
});

test("a line for a person holds no control character of a client's name", async () => {
  const lines: string[] = [];
  await using gateway = await startDevGateway({ log: (line) => lines.push(line) });
  const node = await connect(gateway, { displayName: `\u001b[2J\nroot\u202e${"x".repeat(99)}` });
  expect(lines.at(-1)).toBe(`node ?[2J?root?${"x".repeat(29)}… connected`);
  node.ws.terminate();
});

test("an empty token or password is none at all", async () => {
  await using gateway = await startDevGateway({ token: "", password: "" });
  expect(gateway.token).toHaveLength(43);
  const refused = await connect({ ...gateway, token: "" });
  expect(refused.error.details.code).toBe("AUTH_TOKEN_MISSING");
});

describe("closing", () => {
  test.each([
    ["2026.9", false, { reason: "gateway stopping" }],
    ["2026.9", true, { reason: "gateway restarting", restartExpectedMs: 1000 }],
    ["2026.6", false, { reason: "gateway stopping", restartExpectedMs: null }],
  ] as const)("in %s (restart: %s) says so first, then closes with 1012", async (era, restart, payload) => {
    const gateway = await startDevGateway({ era });
    const node = await connect(gateway);
    const [, closed] = await Promise.all([gateway.close({ restart }), node.closed]);
    expect(node.events("shutdown")).toEqual([payload]);
    expect(closed).toEqual({ code: 1012, reason: "service restart" });
  });

  test("does not wait for clients that never answer, nor for sockets that never ask", async () => {
    const gateway = await startDevGateway();
    const mute = await connect(gateway);
    mute.ws.pause();
    const raw = connectTcp(gateway.port, "127.0.0.1");
    await once(raw, "connect");
    const cut = once(raw, "close");
    await gateway.close();
    await cut;
    mute.ws.terminate();
  });

  test("frees the port, also when asked twice", async () => {
    const first = await startDevGateway();
    await Promise.all([first.close(), first.close()]);
    await using second = await startDevGateway({ port: first.port });
    expect(second.port).toBe(first.port);
    await expect(startDevGateway({ port: first.port })).rejects.toMatchObject({
      name: "DevGatewayError",
      code: "cannot-listen",
    });
  });

  test("fails open calls and closes open questions", async () => {
    const scene = await startScene();
    const node = await scene.node();
    const answer = scene.invoke(node, "system.which").catch((error: unknown) => error);
    await node.event("node.invoke.request");
    await scene[Symbol.asyncDispose]();
    expect(await answer).toBeInstanceOf(Error);
  });
});
