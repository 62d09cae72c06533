import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDevGateway, type DevGateway } from "@openclaw/dev-gateway";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectReadable, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";
import { runCli } from "./scenarios/node-process.ts";

const BOOTSTRAP = "bootstrap-0123456789-secret";
const GRANTED = "device-token-9876543210";
const GATEWAY = { host: "10.9.8.7", port: 4321, tls: true, tlsFingerprint: "ab".repeat(32) };
const SAVED = JSON.stringify({ version: 1, nodeId: "n-1", gateway: GATEWAY, later: { keep: true } });

const codeFor = (url: string, more: object = {}): string =>
  Buffer.from(JSON.stringify({ url, bootstrapToken: BOOTSTRAP, ...more })).toString("base64url");

const urlOf = ({ port }: { readonly port: number }): string => `ws://127.0.0.1:${port}`;

async function devGateway(): Promise<DevGateway> {
  const gateway = await startDevGateway();
  onTestFinished(async () => await gateway.close());
  return gateway;
}

async function pair(
  code: string,
  args: readonly string[] = [],
  dir: string = stateDir(),
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  return await runCli(["node", "run", "--pair", "-", ...args], { stateDir: dir, input: `${code}\n` });
}

describe("a pairing code", () => {
  it("brings its Gateway, says what changes, and a token of another Gateway is gone", async () => {
    const gateway = await devGateway();
    const dir = stateDir({ "node.json": SAVED });
    const node = startHost({
      port: 0,
      byCode: true,
      token: "token-of-another-gateway",
      stateDir: dir,
      args: ["--pair", gateway.joinUrl()],
    });
    await node.line(/others on this machine can read a pairing code on the command line/u);
    await node.line(/changes the saved Gateway from wss:\/\/10\.9\.8\.7:4321 to ws:\/\/127\.0\.0\.1:\d+/u);
    await node.line(/approved this node's commands; ready for work/u);
    expect(await node.stop()).toBe(0);
    const saved = JSON.parse(readFileSync(join(dir, "node.json"), "utf8"));
    expect(saved).toMatchObject({ nodeId: "n-1", pairedByCode: true, later: { keep: true } });
    expect(saved.gateway).toEqual({ host: "127.0.0.1", port: gateway.port, tls: false });
  });

  it("waits where an operator decides, and leaves nothing of itself anywhere", async () => {
    const gateway = await scriptedGateway(() => undefined);
    const dir = stateDir();
    const file = join(stateDir(), "code");
    writeFileSync(file, `oc-pair://${codeFor(urlOf(gateway))}`, { mode: 0o644 });
    const node = startHost({
      port: 0,
      byCode: true,
      token: "",
      stateDir: dir,
      args: ["--pair-file", file, "--log-level", "debug"],
    });
    const first = await gateway.visitor(0);
    await first.refuse({ code: "NOT_PAIRED", message: "pairing required", details: { requestId: "r-12" } });
    expect(first.frames[0].params.auth).toEqual({ bootstrapToken: BOOTSTRAP });
    await node.line(/lets an operator decide; waiting, on the Gateway: openclaw devices approve r-12/u);
    const second = await gateway.visitor(1);
    await second.accept({ auth: { role: "node", scopes: [], deviceToken: GRANTED } });
    expect(second.frames[0].params.auth).toEqual({ bootstrapToken: BOOTSTRAP });
    await second.closed;
    const third = await gateway.visitor(2);
    await third.accept();
    expect(third.frames[0].params.auth).toEqual({ token: GRANTED });
    await node.line(/connected to the Gateway/u);
    await node.line(/others can read .*code`; chmod 600/u);
    expect(await node.stop()).toBe(0);
    const kept = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    for (const text of [node.output(), ...kept]) {
      expect(text).not.toContain(BOOTSTRAP);
      expect(text).not.toContain(codeFor(urlOf(gateway)));
    }
    expect(kept.some((text) => text.includes(GRANTED))).toBe(true);
  });

  it("takes the next address of the code where nobody answers at the first", async () => {
    const gateway = await scriptedGateway(() => undefined);
    const dir = stateDir();
    const running = startHost({
      port: 0,
      byCode: true,
      token: "",
      stateDir: dir,
      args: ["--pair", codeFor("ws://127.0.0.1:1", { urls: ["ws://127.0.0.1:1", urlOf(gateway)] })],
    });
    await (await gateway.visitor(0)).accept({ auth: { role: "node", scopes: [], deviceToken: GRANTED } });
    await running.line(/trying the next address of the pairing code/u);
    await running.line(/node host \S+ for ws:/u);
    expect(await running.stop()).toBe(0);
    expect(JSON.parse(readFileSync(join(dir, "node.json"), "utf8")).gateway.port).toBe(gateway.port);
  });

  it("is redeemed with the headers that the host itself sends", async () => {
    const gateway = await scriptedGateway((visitor) =>
      visitor.accept({ auth: { role: "node", scopes: [], deviceToken: GRANTED } }),
    );
    const node = startHost({
      port: 0,
      byCode: true,
      env: { DOOR_KEY: "door-key-0123456789" },
      args: ["--pair", codeFor(urlOf(gateway)), "--header", "X-Door-Key=env:DOOR_KEY"],
    });
    await node.line(/connected to the Gateway/u);
    for (const index of [0, 1])
      expect((await gateway.visitor(index)).headers["x-door-key"]).toBe("door-key-0123456789");
    expect(node.output()).not.toContain("door-key-0123456789");
  });

  it("changes nothing when the Gateway does not take it, and repeats no secret", async () => {
    const gateway = await scriptedGateway(() => undefined);
    const dir = stateDir({ "node.json": SAVED });
    const end = pair(codeFor(urlOf(gateway)), [], dir);
    const visitor = await gateway.visitor(0);
    await visitor.refuse({
      code: "INVALID_REQUEST",
      message: `unauthorized: setup code ${BOOTSTRAP} invalid, expired, revoked, or already used`,
      details: { code: "AUTH_BOOTSTRAP_TOKEN_INVALID" },
    });
    const { code, stderr } = await end;
    expect(code).toBe(1);
    expect(stderr).toMatch(/invalid, expired, revoked, or already used/u);
    expect(stderr).not.toContain(BOOTSTRAP);
    expectReadable(stderr);
    expect(readFileSync(join(dir, "node.json"), "utf8")).toBe(SAVED);
  });

  it.each([
    ["no code", "", [], 2, /cannot be read: it is empty/u],
    ["half a code", codeFor("ws://127.0.0.1:9").slice(0, 30), [], 2, /cannot be read/u],
    ["an old one", codeFor("ws://127.0.0.1:9", { expiresAtMs: 1 }), [], 1, /expired at 1970-01-01/u],
    ["a public address without TLS", codeFor("ws://203.0.113.9:1"), [], 78, /refusing plain ws/u],
    ["an address beside it", codeFor("ws://127.0.0.1:9"), ["--host", "gw"], 2, /leave --host out/u],
    ["two of them", codeFor("ws://127.0.0.1:9"), ["--pair-file", "x"], 2, /contradict each other/u],
    ["nobody there", codeFor("ws://127.0.0.1:1"), [], 1, /connection refused/u],
  ])("is refused with a sentence: %s", async (_what, text, args, exit, why) => {
    const { code, stderr } = await pair(text, args);
    expect(stderr).toMatch(why);
    expect(code).toBe(exit);
    expect(stderr).not.toContain(BOOTSTRAP);
    expectReadable(stderr);
  });

  it.each([
    ["a file that is not there", ["--pair-file", "/no/such/file"], /cannot read the pairing code .*ENOENT/u],
    ["a directory", ["--pair-file", "/"], /is no file/u],
  ])("cannot come from %s", async (_what, args, why) => {
    const { code, stderr } = await runCli(["node", "run", ...args], { stateDir: stateDir() });
    expect(code).toBe(2);
    expect(stderr).toMatch(why);
  });

  it("is not used up by a dry run of the installation", async () => {
    const gateway = await devGateway();
    const input = gateway.joinUrl();
    const asked = await runCli(["node", "install", "--pair", "-", "--dry-run"], {
      stateDir: stateDir(),
      input,
    });
    expect(asked.code).toBe(1);
    expect(asked.stderr).toMatch(/--dry-run does nothing, but a pairing code works only once/u);
    const node = startHost({ port: 0, byCode: true, token: "", args: ["--pair", input] });
    await node.line(/connected to the Gateway/u);
    expect(await node.stop()).toBe(0);
  });
});
