import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway, type Visitor } from "./bad-input/scripted-gateway.ts";
import type { NodeProcess } from "./scenarios/node-process.ts";

interface Scene {
  readonly visitor: Visitor;
  readonly node: NodeProcess;
}

/** A connected node host that may run everything. */
async function connected(hello?: Readonly<Record<string, unknown>>): Promise<Scene> {
  const gateway = await scriptedGateway((visitor) => visitor.accept(hello));
  const node = startHost({ port: gateway.port, stateDir: stateDir({ "exec-approvals.json": FULL_POLICY }) });
  const visitor = await gateway.visitor(0);
  await node.line(/connected to the Gateway/u);
  return { visitor, node };
}

/** Still the same link, and still at work? */
async function expectAlive({ visitor, node }: Scene): Promise<void> {
  const id = `alive-${visitor.frames.length}`;
  visitor.invoke(id, "system.which", { bins: ["sh"] });
  expect(await visitor.result(id)).toEqual({ bins: { sh: expect.stringMatching(/\/sh$/u) as unknown } });
  expect(node.child.exitCode).toBeNull();
  expectReadable(node.output());
}

describe("frames that are none", () => {
  it("are ignored, and the link stays", async () => {
    const scene = await connected();
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    for (const frame of [
      "",
      "{",
      "null",
      "5",
      '"x"',
      "[]",
      "{}",
      deep,
      `{"type":"event","event":"tick","payload":${deep}}`,
      '{"type":"event"}',
      '{"type":"event","event":5}',
      '{"type":"event","event":"node.invoke.request"}',
      '{"type":"event","event":"node.invoke.request","payload":null}',
      '{"type":"event","event":"node.invoke.request","payload":[]}',
      '{"type":"event","event":"node.invoke.request","payload":{"id":5,"nodeId":"x","command":"y"}}',
      '{"type":"event","event":"node.invoke.cancel","payload":{"invokeId":{}}}',
      '{"type":"event","event":"node.pair.resolved","payload":{"decision":5}}',
      '{"type":"event","event":"shutdown","payload":"soon"}',
      '{"type":"event","event":"never.heard.of.it","payload":{"a":1}}',
      '{"type":"event","event":"constructor","payload":{"__proto__":{"id":"x"}}}',
      '{"type":"res","id":"nobody","ok":true}',
      '{"type":"res","id":5,"ok":"yes"}',
      '{"type":"res","id":"nobody","ok":false,"error":"text"}',
      '{"type":"req","id":"1","method":"system.run","params":{"command":["touch","/tmp/never"]}}',
      '{"type":"push","id":"1"}',
      Buffer.from([0, 1, 2, 255]),
    ])
      scene.visitor.send(frame);
    await expectAlive(scene);
  });

  it("of more than 25 MiB cost the link, not the host", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const node = startHost({ port: gateway.port });
    const first = await gateway.visitor(0);
    await node.line(/connected to the Gateway/u);
    first.event("junk", "x".repeat(32 * 1024 * 1024));
    expect((await first.closed).code).toBe(1009);
    await (await gateway.visitor(1)).frame(({ method }) => method === "connect");
    await node.line(/gateway closed/u);
    expectReadable(node.output());
  });
});

describe("invokes", () => {
  it("run once, whatever is repeated", async () => {
    const scene = await connected();
    const file = join(scene.node.stateDir, "runs.txt");
    const params = { command: ["/bin/sh", "-c", `echo ran >> '${file}'`] };
    scene.visitor.invoke("a", "system.run", params, { idempotencyKey: "k" });
    scene.visitor.invoke("a", "system.run", params, { idempotencyKey: "k" });
    scene.visitor.invoke("b", "system.run", params, { idempotencyKey: "k" });
    expect(await scene.visitor.result("a")).toMatchObject({ exitCode: 0 });
    scene.visitor.invoke("a", "system.run", params);
    expect(await scene.visitor.result("b")).toMatchObject({
      error: {
        code: "INVALID_REQUEST",
        message: expect.stringContaining("nothing was run again") as unknown,
      },
    });
    await expectAlive(scene);
    expect(readFileSync(file, "utf8")).toBe("ran\n");
    expect(scene.visitor.results("a")).toHaveLength(1);
  });

  const deep = `{"bins":${"[".repeat(500)}${"]".repeat(500)}}`;
  it.each([
    ["another node", "system.which", { bins: [] }, { nodeId: "b".repeat(64) }, "nodeId is not this node"],
    ["an unknown command", "camera.snap", {}, {}, "command not supported"],
    ["a command called constructor", "constructor", {}, {}, "command not supported"],
    ["a hostile command", "\u001b]0;owned\u0007", {}, {}, "command not supported"],
    ["no params", "system.run", undefined, {}, "paramsJSON required"],
    ["params that are no JSON", "system.run", "{", {}, "paramsJSON is not JSON"],
    ["params of another type", "system.run", "[]", {}, "INVALID_REQUEST: params"],
    ["params too deep", "system.which", deep, {}, "nests deeper than 64 levels"],
    ["prototype keys", "system.run", '{"__proto__":{"command":["id"]}}', {}, "command required"],
    ["params that are no text", "system.which", undefined, { paramsJSON: 5 }, "INVALID_REQUEST"],
    ["no command", "x", undefined, { command: null }, "INVALID_REQUEST"],
    ["a policy that is none", "system.execApprovals.set", { file: "x" }, {}, "exec approvals file required"],
    ["names that are none", "system.which", { bins: "sh" }, {}, "bins required"],
  ])("for or with %s are refused in words", async (_what, command, params, more, message) => {
    const scene = await connected();
    scene.visitor.invoke("x", command, params, more);
    const { error } = await scene.visitor.result("x");
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(300);
    await expectAlive(scene);
  });

  it("300 at once are all answered: some run, some wait, and whoever finds no place hears it at once", async () => {
    const scene = await connected();
    const ids = Array.from({ length: 300 }, (_, index) => `i-${index}`);
    for (const id of ids) scene.visitor.invoke(id, "system.run", { command: ["sleep", "60"] });
    // More than can run, and more than may wait: the last is refused while all others go on.
    expect((await scene.visitor.result("i-299")).error.message).toMatch(/^UNAVAILABLE: busy, /u);
    await expectAlive(scene);
    for (const id of ids) scene.visitor.event("node.invoke.cancel", { invokeId: id });
    const answers = await Promise.all(ids.map(async (id) => await scene.visitor.result(id)));
    const said = (text: RegExp): number =>
      answers.filter(({ error }) => text.test(error.message ?? error)).length;
    const [ran, waited] = [said(/^the run was cancelled$/u), said(/cancelled before the start/u)];
    // The starts are spread, so some with a place were cancelled before theirs.
    expect(ran).toBeGreaterThanOrEqual(1);
    expect(ran + waited).toBeGreaterThanOrEqual(8 + 32);
    expect(ran + waited).toBeLessThanOrEqual(128 + 32);
    expect(said(/^UNAVAILABLE: busy, /u)).toBe(300 - ran - waited);
    await expectAlive(scene);
  });

  it("are cancelled by their id only, as often as one likes", async () => {
    const scene = await connected();
    scene.visitor.invoke("long", "system.run", { command: ["sleep", "60"] });
    for (const invokeId of ["nobody", "", null, 5, "lon", "__proto__"])
      scene.visitor.event("node.invoke.cancel", { invokeId });
    await expectAlive(scene);
    expect(scene.visitor.results("long")).toEqual([]);
    for (let index = 0; index < 3; index += 1)
      scene.visitor.event("node.invoke.cancel", { invokeId: "long" });
    expect(await scene.visitor.result("long")).toMatchObject({
      success: false,
      error: "the run was cancelled",
    });
    await expectAlive(scene);
  });
});

describe("hostile words", () => {
  const ATTACK = "\u001b[2J\u001b]0;owned\u0007\u202e\nopenclaw: all is well\u2028";

  it("from a Gateway are only words in the log", async () => {
    const scene = await connected({ server: { version: `9${ATTACK}`, connId: "c" } });
    scene.visitor.event("node.invoke.request", { id: "x", nodeId: 5, command: ATTACK });
    scene.visitor.invoke("y", "system.run", { command: [`id${ATTACK}`], env: { [`A${ATTACK}`]: "1" } });
    await scene.visitor.result("y");
    scene.visitor.event("shutdown", { reason: ATTACK });
    scene.visitor.socket.close(1008, `why${ATTACK}`);
    await scene.node.line(/trying again/u);
    expectReadable(scene.node.output());
    expect(scene.node.output()).not.toMatch(/^openclaw: all is well/mu);
    expect(scene.node.output()).toContain(String.raw`9\u001b[2J`);
  });

  it("in a command are shown as what they are", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const node = startHost({ port: gateway.port });
    const visitor = await gateway.visitor(0);
    await node.line(/connected to the Gateway/u);
    visitor.invoke("x", "system.run", { command: ["/bin/echo", ATTACK], runId: ATTACK, sessionKey: ATTACK });
    expect((await visitor.result("x")).error.message).toMatch(/^SYSTEM_RUN_DENIED: approval required/u);
    expect(await node.line(/refused/u)).toContain(String.raw`\x1b[2J`);
    expectReadable(node.output());
    const audit = readFileSync(join(node.stateDir, "exec-audit.jsonl"), "utf8");
    expect(JSON.parse(audit)).toMatchObject({ kind: "decision", runId: ATTACK, outcome: "ask" });
  });
});
