import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSandbox } from "@openclaw/executor";
import { describe, expect, it } from "vitest";
import { dispatchInvoke } from "../dispatch.ts";
import { hostScene } from "../host-scene.test.support.ts";
import { parseNodeFile } from "../node-file.ts";
import { tellSandboxesOutOfReach } from "../run-sandbox.ts";
import { chosenProfile, type SandboxSettings } from "../sandbox-settings.ts";
import { linesLog } from "../scratch.test.support.ts";

const LISTED = {
  version: 1,
  defaults: { security: "allowlist", ask: "off" },
  agents: { "*": { allowlist: [{ pattern: "/usr/bin/touch" }, { pattern: "/usr/bin/cat" }] } },
};

type Scene = ReturnType<typeof hostScene>;

async function run(scene: Scene, sandbox: SandboxSettings, command: readonly string[], agentId = "main") {
  const node = { ...scene.context.node, sandbox };
  const call = {
    id: "i",
    signal: new AbortController().signal,
    protocol: 4,
    prepareSeen: true,
    maxPayloadBytes: 400_000,
    sendEvent: () => undefined,
  };
  const paramsJSON = JSON.stringify({ command, agentId, cwd: "/" });
  const request = { id: "i", nodeId: "d", command: "system.run", paramsJSON };
  const answer = await dispatchInvoke(request, call, {
    ...scene.context,
    node,
    stateDir: join(scene.dir, "state"),
  });
  if (!answer.ok) throw new Error(answer.message);
  return answer.payload as {
    readonly success: boolean;
    readonly stdout: string;
    readonly error: string | null;
  };
}

const works = await openSandbox({});

describe("the sandbox of a run", () => {
  const profiles = { closed: {}, open: { writable: ["/srv"] } };

  it.each([
    [{ default: "closed" }, "main", [], "closed"],
    [{ default: "closed", agents: { main: "open" } }, "main", [], "open"],
    [{ default: "closed", agents: { main: "none" } }, "main", [], undefined],
    [{ agents: { main: "open" }, entries: { "/bin/x": "closed" } }, "main", ["/bin/x", "/bin/y"], "closed"],
    [{ agents: { main: "open" } }, "__proto__", ["constructor"], undefined],
    [{}, "main", ["/bin/x"], undefined],
  ])("is chosen by entry, then agent, then for all: %j", (settings, agent, patterns, name) => {
    const chosen = chosenProfile({ profiles, ...settings }, agent, patterns);
    expect(chosen.kind === "profile" ? chosen.name : undefined).toBe(name);
  });

  it("is none that two entries do not agree about", async () => {
    const scene = hostScene(LISTED);
    const settings = { profiles, entries: { "/usr/bin/touch": "closed", "/usr/bin/cat": "open" } };
    const { success, error } = await run(scene, settings, ["sh", "-c", "touch /tmp/x && cat /tmp/x"]);
    expect([success, error]).toEqual([
      false,
      expect.stringContaining("its allowlist entries name different ones, `closed` and `open`"),
    ]);
  });

  it("refuses what has no sandbox, tries again later, and says so at the start", async () => {
    const scene = hostScene();
    const dir = join(scene.dir, "later");
    const settings = { profiles: { late: { writable: [dir] } }, default: "late" };
    const { success, error } = await run(scene, settings, ["true"]);
    expect([success, error]).toEqual([
      false,
      `the run was not started: there is no sandbox: \`late\` cannot be used: its directory \`${dir}\` is not there, or is no directory`,
    ]);
    const lines: string[] = [];
    const host = { home: scene.dir, stateDir: scene.dir, platform: process.platform };
    await tellSandboxesOutOfReach(settings, host, linesLog(lines));
    expect(lines[0]).toMatch(
      /^warn: runs under the sandbox profile `late` of node.json are refused: its directory/u,
    );
    mkdirSync(dir);
    const again = await run(scene, settings, ["true"]);
    expect(again.success).toBe(works.ok);
  });

  it.each([
    { profiles: {}, default: "closed" },
    { profiles: { none: {} } },
    { profiles: { closed: { write: ["/x"] } } },
    { profiles: { closed: { writable: ["x"] } } },
    { profiles: { "a b": {} } },
    { profiles: { closed: {} }, agents: { main: "close" } },
    { default: "closed" },
  ])("cannot be set as %j", (sandbox) => {
    const text = JSON.stringify({ version: 1, nodeId: "n", sandbox });
    expect(() => parseNodeFile(text, "node.json")).toThrow(/`node.json` is not valid at `sandbox/u);
  });
});

// Elsewhere the run is refused, which is tested above.
describe.runIf(works.ok)("a run of this host in a sandbox", () => {
  it("writes where it may, and does not see the state of the host", async () => {
    const scene = hostScene();
    const [mine, state] = [join(scene.dir, "mine"), join(scene.dir, "state")];
    for (const dir of [mine, state]) mkdirSync(dir);
    writeFileSync(join(state, "node.json"), "secret");
    const settings = { profiles: { closed: { writable: [scene.dir] } }, agents: { build: "closed" } };
    const script = `echo kept > ${mine}/kept; cat ${state}/node.json 2>&1; touch /etc/x 2>&1`;
    const { stdout } = await run(scene, settings, ["sh", "-c", script], "build");
    expect(stdout).toMatch(/^cat: .*No such file.*\ntouch: .*Read-only file system\n$/u);
    expect(readFileSync(join(mine, "kept"), "utf8")).toBe("kept\n");
    const free = await run(scene, settings, ["cat", join(state, "node.json")], "main");
    expect(free.stdout).toBe("secret");
  });
});
