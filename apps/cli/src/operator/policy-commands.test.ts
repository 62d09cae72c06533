import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  startWorld,
  type CliOptions,
  type CliResult,
  type NodeScript,
  type OperatorWorld,
} from "./operator-world.test.support.ts";

type Json = Readonly<Record<string, unknown>>;

let world: OperatorWorld;
beforeEach(async () => {
  world = await startWorld({ era: "2026.9" });
});
afterEach(() => world.stop());

const approvals = (words: readonly string[], options?: CliOptions): Promise<CliResult> =>
  world.cli(["approvals", ...words], options);
const stateFile = (): string => join(world.stateDir, "state", "exec-approvals.json");
const stored = (): Json => JSON.parse(readFileSync(stateFile(), "utf8")) as Json;

describe("the policy of this machine", () => {
  test("is strict while there is none, and looking does not make one", async () => {
    const shown = await approvals(["get"]);
    expect(shown.stdout).toContain("security allowlist · ask on-miss · fallback deny · skills off");
    expect(() => readFileSync(stateFile())).toThrow(/ENOENT/u);
  });

  test("the first entry comes with the strict defaults in writing", async () => {
    await approvals(["allowlist", "add", "/usr/bin/uptime"]);
    expect(stored()).toMatchObject({
      version: 1,
      defaults: { security: "allowlist", ask: "on-miss", askFallback: "deny" },
      agents: { "*": { allowlist: [{ pattern: "/usr/bin/uptime" }] } },
    });
    expect((await approvals(["allowlist", "add", "/usr/bin/uptime"])).stdout).toBe("Already allowlisted.\n");
    await approvals(["allowlist", "add", "/usr/bin/id", "--agent", "main"]);
    expect((await approvals(["get"])).stdout).toMatch(/^main +just now +\/usr\/bin\/id$/mu);
    await approvals(["allowlist", "remove", "/usr/bin/uptime"]);
    expect(stored()["agents"]).not.toHaveProperty("*");
    expect((await approvals(["allowlist", "remove", "/usr/bin/uptime"])).stdout).toBe("Pattern not found.\n");
  });

  test("set replaces it, keeps the socket's token, and shows no token", async () => {
    mkdirSync(join(world.stateDir, "state"), { mode: 0o700 });
    writeFileSync(
      stateFile(),
      JSON.stringify({ version: 1, socket: { path: "/s", token: "secret-token" } }),
      { mode: 0o600 },
    );
    const text = "{defaults: {security: 'deny'}, agents: {'*': {deny: ['/usr/bin/curl']}}, /* ok */}";
    const set = await approvals(["set", "--stdin", "--json"], { stdin: text });
    expect(set.code).toBe(0);
    expect(set.stdout).not.toContain("secret-token");
    expect(stored()).toMatchObject({ socket: { token: "secret-token" }, defaults: { security: "deny" } });
    expect((await approvals(["get"])).stdout).toContain("/usr/bin/curl");
    // The owner's word also takes a denial back, which an edit from a Gateway could not.
    await approvals(["set", "--stdin"], { stdin: "{agents: {'*': {allowlist: ['/usr/bin/git']}}}" });
    expect(JSON.stringify(stored())).not.toContain("curl");
  });

  test.each([
    ["no JSON5", "{a", /not JSON5/u],
    ["no object", "[]", /must be an object/u],
    ["another version", "{version: 2}", /version/u],
    ["a misspelled value", "{defaults: {security: 'denyy'}}", /security/u],
  ])("set refuses %s and changes nothing", async (_what, stdin, message) => {
    await approvals(["allowlist", "add", "/usr/bin/uptime"]);
    const before = stored();
    const result = await approvals(["set", "--stdin"], { stdin });
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(message);
    expect(stored()).toEqual(before);
  });

  test("a broken one is shown as what it does, and not edited", async () => {
    mkdirSync(join(world.stateDir, "state"), { mode: 0o700 });
    writeFileSync(stateFile(), '{"version":1,"defaults":{"security":"x"}}', { mode: 0o600 });
    const shown = await approvals(["get"]);
    expect(shown.stdout).toMatch(/malformed: .*line 1/u);
    expect(shown.stdout).toContain("Every command is refused");
    expect((await approvals(["allowlist", "add", "/x"])).code).toBe(78);
    expect(readFileSync(stateFile(), "utf8")).toContain('"x"');
  });

  test("beside an official install nothing is written, but operators work", async () => {
    const state = join(world.stateDir, "official");
    mkdirSync(join(state, "state"), { recursive: true });
    writeFileSync(join(state, "state", "openclaw.sqlite"), "");
    const env = { OPENCLAW_STATE_DIR: state, XDG_CONFIG_HOME: join(world.stateDir, "config") };
    expect((await approvals(["get"], { env })).code).toBe(78);
    expect((await approvals(["allowlist", "add", "/x"], { env })).code).toBe(78);
    expect((await world.cli(["nodes", "status"], { env })).code).toBe(0);
    expect(() => readFileSync(join(state, "identity", "operator.json"))).toThrow(/ENOENT/u);
  });
});

describe("a policy elsewhere", () => {
  test("options that name a Gateway are refused without a target", async () => {
    expect((await approvals(["get", "--url", "ws://127.0.0.1:1"])).stderr).toContain("--node <node>");
    expect((await approvals(["get", "--node", "pi", "--gateway"])).code).toBe(2);
  });

  test("of the Gateway is read and changed with its hash", async () => {
    const added = JSON.parse(
      (await approvals(["allowlist", "add", "/usr/bin/who", "--gateway", "--json"])).stdout,
    ) as Json;
    expect(added).toMatchObject({ file: { agents: { "*": { allowlist: [{ pattern: "/usr/bin/who" }] } } } });
    expect((await approvals(["get", "--gateway"])).stdout).toContain("/usr/bin/who");
    await approvals(["set", "--stdin", "--gateway"], { stdin: "{defaults: {security: 'deny'}}" });
    expect((await approvals(["get", "--gateway"])).stdout).toContain("security deny");
  });

  test("of a node is read and changed with its hash, also when somebody else was quicker", async () => {
    let version = 1;
    let file: Json = { version: 1, socket: { path: "/s" }, agents: {} };
    let races = 1;
    const answers: NodeScript = (command, params) => {
      const { baseHash, file: next } = params as { readonly baseHash?: string; readonly file?: Json };
      if (command === "system.execApprovals.set") {
        if (races > 0) version += races--;
        if (baseHash !== `h${version}`) {
          return {
            error: {
              code: "INVALID_REQUEST",
              message: "Error: INVALID_REQUEST: exec approvals changed; reload and retry",
            },
          };
        }
        version += 1;
        file = next ?? file;
      }
      return { payload: { path: "/p", exists: true, hash: `h${version}`, file } };
    };
    await world.node("pi", answers);
    const [pending] = (await world.json(["nodes", "pending"])) as readonly { readonly requestId: string }[];
    await world.cli(["nodes", "approve", pending?.requestId ?? ""]);
    const added = await approvals(["allowlist", "add", "/usr/bin/who", "--node", "pi"]);
    expect(added).toMatchObject({ code: 0, stderr: "" });
    expect(added.stdout).toContain("/usr/bin/who");
    expect(file).toMatchObject({
      socket: { path: "/s" },
      agents: { "*": { allowlist: [{ pattern: "/usr/bin/who" }] } },
    });
    races = 1;
    const lost = await approvals(["set", "--stdin", "--node", "pi"], { stdin: "{}" });
    expect(lost.code).toBe(1);
    expect(lost.stderr).toContain("somebody else changed the policy");
  });
});
