import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ODD_DIRECTORIES, ODD_FILES, runPlain, type Breakage } from "./bad-input/broken-files.ts";
import { expectReadable, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";
import { runCli } from "./scenarios/node-process.ts";

/** What must stay as it was, whatever stands there. */
function fingerprint(path: string): string {
  const { ino, mode, size, mtimeMs } = lstatSync(path);
  return JSON.stringify([ino, mode, size, mtimeMs]);
}

const TEXTS: readonly (readonly [file: string, text: string, message: string])[] = [
  ["node.json", "", "is not usable JSON at line 1, column 1: expected a value"],
  ["node.json", '{\n  "version": 1,\n', "at line 3, column 1"],
  ["node.json", "[]", "is not valid: invalid input: expected object"],
  ["node.json", '{"version":2,"nodeId":"a"}', "is not valid at `version`"],
  ["node.json", '{"version":1}', "is not valid at `nodeId`"],
  ["node.json", '{"version":1,"nodeId":"a","nodeId":"b"}', "the key `nodeId` appears twice"],
  ["node.json", '{"version":1,"nodeId":"a","__proto__":{}}', "the key `__proto__` is not allowed"],
  ["node.json", '{"version":1,"nodeId":"a","gateway":{"host":"gw","port":0}}', "at `gateway.port`"],
  ["node.json", '{"version":1,"nodeId":"a","policyEdits":"never"}', "at `policyEdits`"],
  ["identity/device.json", "{", "cannot be used: it is not JSON; restore it from a backup, or move it away"],
  ["identity/device.json", '{"version":2}', "it is not an identity file of version 1"],
  ["identity/device.json", '{"version":1,"privateKeyPem":"x"}', "its private key cannot be read"],
  ["openclaw.json", "{ gateway: ", "is not valid JSON5 at line 1, column 12; correct it there"],
  ["openclaw.json", "{gateway:{auth:{token:5}}}", "`gateway.auth.token` must be text; correct the file"],
  [
    "openclaw.json",
    '{gateway:{auth:{token:"${NOPE}"}}}',
    "needs the environment variable `NOPE`, which is not set",
  ],
];

describe("a broken file", () => {
  it.each(TEXTS)("%s with %j ends the host with 78 and stays as it is", async (file, text, message) => {
    const dir = stateDir({ [file]: text });
    const path = join(dir, file);
    const before = fingerprint(path);
    const { code, stderr } = await runPlain(["node", "run", "--port", "1"], dir);
    expect(stderr).toContain(path);
    expect(stderr).toContain(message);
    expect(code).toBe(78);
    expect(fingerprint(path)).toBe(before);
    expect(stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
    expectReadable(stderr);
  });

  const files = ["node.json", "identity/device.json", "openclaw.json"];
  it.each(files.flatMap((file) => ODD_FILES.map((odd) => [file, ...odd] as const)))(
    "%s that is %s ends the host with 78 and stays as it is",
    async (file, _what, make, message) => {
      const dir = stateDir();
      const path = join(dir, file);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      make(path);
      const before = fingerprint(path);
      const { code, stderr } = await runPlain(["node", "run", "--port", "1"], dir);
      expect(stderr).toContain(path);
      expect(stderr).toContain(message);
      expect(code).toBe(78);
      expect(fingerprint(path)).toBe(before);
      expectReadable(stderr);
    },
  );

  it.each(["node.json", "identity/device.json"])("%s is told of by `node identity` as well", async (file) => {
    const { code, stdout } = await runCli(["node", "identity", "--json"], {
      stateDir: stateDir({ [file]: "{" }),
    });
    expect(code).toBe(78);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { type: "cli_error" } });
  });
});

describe("a directory that cannot be written", () => {
  it.each(["identity"])("%s ends the host with 78", async (name) => {
    const dir = stateDir();
    mkdirSync(join(dir, name));
    chmodSync(join(dir, name), 0o500);
    const { code, stderr } = await runPlain(["node", "run", "--port", "1"], dir);
    expect(stderr).toMatch(/openclaw: could not .+ `.*identity.*`: permission denied; check owner and mode/u);
    expect(code).toBe(78);
    expectReadable(stderr);
  });
});

describe("a state directory", () => {
  it.each(ODD_DIRECTORIES)(
    "that is %s is left alone, and ends the host with 78",
    async (_what, make, message) => {
      const path = join(stateDir(), "state");
      make(path);
      const before = fingerprint(path);
      const { code, stderr } = await runPlain(["node", "run", "--port", "1"], path);
      expect(stderr).toContain(path);
      expect(stderr).toContain(message);
      expect(code).toBe(78);
      expect(fingerprint(path)).toBe(before);
      expectReadable(stderr);
    },
  );

  it("of an official install of July 2026 or later is left alone, and the way out is named", async () => {
    const dir = stateDir({ "state/openclaw.sqlite": "SQLite format 3\0" });
    const { code, stdout, stderr } = await runCli(["node", "run"], { stateDir: dir });
    expect(code).toBe(78);
    expect(stdout).toBe("");
    expect(stderr).toContain("nothing was written");
    expect(stderr).toContain("openclaw --profile node node run");
    expect(stderr).toContain("OPENCLAW_STATE_DIR");
    expect(new Set(readdirSync(dir, { recursive: true, encoding: "utf8" }))).toEqual(
      new Set(["state", "state/openclaw.sqlite"]),
    );
    expectReadable(stderr);
    // And the way out works: it names another directory.
    const home = stateDir({ ".openclaw/state/openclaw.sqlite": "" });
    const env = { HOME: home, OPENCLAW_STATE_DIR: "" };
    expect((await runCli(["node", "identity"], { stateDir: home, env })).code).toBe(78);
    expect((await runCli(["--profile", "node", "node", "identity"], { stateDir: home, env })).code).toBe(0);
    expect(existsSync(join(home, ".openclaw-node/identity/device.json"))).toBe(true);
  });
});

describe("a policy that cannot be used", () => {
  const write =
    (text: string) =>
    (path: string): void =>
      writeFileSync(path, text, { mode: 0o600 });
  const unusable: readonly Breakage[] = [
    ["broken", write("{\n  broken"), "at line 2, column 3"],
    ["of another version", write('{"version":2}'), "`version` must be 1"],
    [
      "with an unknown word",
      write('{"version":1,"defaults":{"security":"wide"}}'),
      "`defaults.security` must be one of",
    ],
    ...ODD_FILES.filter(([what]) => what !== "unreadable"),
  ];
  it.each(unusable)(
    "because it is %s refuses everything; the host stays, and the file too",
    async (_what, make, message) => {
      const gateway = await scriptedGateway((visitor) => visitor.accept());
      const dir = stateDir();
      const path = join(dir, "exec-approvals.json");
      make(path);
      const before = fingerprint(path);
      const node = startHost({ port: gateway.port, stateDir: dir });
      const line = await node.line(/every command is refused/u);
      expect(line).toContain(path);
      expect(line).toContain(message);
      await node.line(/connected to the Gateway/u);
      const visitor = await gateway.visitor(0);
      visitor.invoke("a", "system.run", { command: ["true"] });
      expect((await visitor.result("a")).error).toMatchObject({
        code: "SYSTEM_RUN_DENIED",
        message: expect.stringMatching(/^SYSTEM_RUN_DISABLED: security=deny/u) as unknown,
      });
      expect(fingerprint(path)).toBe(before);
      expectReadable(node.output());
      expect(await node.stop()).toBe(0);
    },
  );

  it("is taken again as soon as it is mended", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const dir = stateDir({ "exec-approvals.json": "{" });
    const node = startHost({ port: gateway.port, stateDir: dir });
    await node.line(/connected to the Gateway/u);
    const visitor = await gateway.visitor(0);
    writeFileSync(
      join(dir, "exec-approvals.json"),
      '{"version":1,"defaults":{"security":"full","ask":"off"}}',
    );
    visitor.invoke("a", "system.run", { command: ["true"] });
    expect(await visitor.result("a")).toMatchObject({ exitCode: 0 });
    await node.line(/can be used again/u);
  });
});

describe("an audit file", () => {
  it.each(ODD_FILES.slice(0, 4))("that is %s ends the host with 78", async (_what, make) => {
    const dir = stateDir();
    const path = join(dir, "exec-audit.jsonl");
    make(path);
    const before = fingerprint(path);
    const { code, stderr } = await runPlain(["node", "run", "--port", "1"], dir);
    expect(stderr).toMatch(/^openclaw: .*audit file `.*exec-audit\.jsonl`.*move/mu);
    expect(code).toBe(78);
    expect(fingerprint(path)).toBe(before);
    expectReadable(stderr);
  });
});

describe("a control socket", () => {
  it("that cannot be opened costs no node its work", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const dir = stateDir({ "node.sock": "mine" });
    const node = startHost({ port: gateway.port, stateDir: dir });
    await node.line(/warning: could not open the control socket .+ move it away; local commands cannot ask/u);
    await node.line(/connected to the Gateway/u);
    expect(await node.stop()).toBe(0);
    expect(readFileSync(join(dir, "node.sock"), "utf8")).toBe("mine");
    expectReadable(node.output());
  });
});
