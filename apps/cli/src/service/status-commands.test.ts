import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { install } from "../commands/node-install.ts";
import { status } from "../commands/node-status.ts";
import { serveControlSocket } from "../host/control-socket.ts";
import { inputOf } from "../host/scratch.test.support.ts";
import { VERSION } from "../version.ts";
import { machine, screenful, stateDirOf, type Machine } from "./systemd-stand-in.test.support.ts";

type Json = any; // oxlint-disable-line typescript/no-explicit-any -- documents under test
type Run = typeof status;

async function perform(
  run: Run,
  on: Machine,
  options: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const screen = screenful();
  const code = await run(inputOf(options), screen.io, on.system);
  return { code, stdout: screen.stdout(), stderr: screen.stderr() };
}

async function json(run: Run, on: Machine): Promise<Json> {
  return JSON.parse((await perform(run, on, { json: true })).stdout);
}

async function installed(): Promise<Machine> {
  const on = machine({ OPENCLAW_GATEWAY_TOKEN: "s3cret-token-0123456789" });
  await install(inputOf({ port: "19598" }), screenful().io, on.system, on.program);
  return on;
}

const HOST = {
  ok: true,
  pid: 4242,
  version: "0.1.0",
  gateway: "ws://gw.example:1",
  deviceId: "d".repeat(64),
  nodeId: "n-1",
  displayName: "Lab",
  startedAt: Date.now() - 180_000,
  link: { phase: "ready", since: Date.now() - 120_000, gatewayVersion: "2026.9.6", protocol: 4 },
  surface: { stage: "approved" },
  activeInvokes: 2,
  policy: "ok",
  approvals: { path: "/p/exec-approvals.json", security: "allowlist", ask: "on-miss", askFallback: "deny" },
  policyEdits: "narrow",
  gatewayApprovals: "off",
};

/** A host that answers on the machine's control socket, with these parts instead. */
async function answering(on: Machine, parts: object = {}): Promise<void> {
  const server = await serveControlSocket(join(stateDirOf(on), "node.sock"), () => ({ ...HOST, ...parts }));
  onTestFinished(async () => await server.close());
}

describe("node status", () => {
  it("has the recorded shape, also where nothing is", async () => {
    const on = machine();
    const { service, host, ready } = await json(status, on);
    expect(service).toEqual({
      label: "systemd",
      loaded: false,
      loadedText: "enabled",
      notLoadedText: "disabled",
      command: null,
      runtime: expect.objectContaining({ status: "stopped", state: "inactive", subState: "dead" }),
    });
    expect([host, ready]).toEqual([null, false]);
    const { stdout, code } = await perform(status, on);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Service: systemd \(disabled\)\nRuntime: stopped \(state inactive, sub dead/u);
    expect(stdout).toContain("\nStart with: openclaw node install\n");
    expect((await perform(status, on, { "exit-code": true })).code).toBe(10);
  });

  it("shows the installed command, never a secret", async () => {
    const on = await installed();
    const { service } = await json(status, on);
    expect(service.command.programArguments.slice(0, 6)).toEqual([
      "/usr/bin/node",
      "--v8-pool-size=0",
      "/opt/openclaw/dist/main.js",
      "node",
      "run",
      "--host",
    ]);
    expect(service.command.environmentValueSources).toMatchObject({
      PATH: "inline",
      OPENCLAW_GATEWAY_TOKEN: "file",
    });
    expect(JSON.stringify(service)).not.toContain("s3cret");
  });

  it("joins the service with what the host says", async () => {
    const on = await installed();
    await answering(on);
    const report = await json(status, on);
    expect(report).toMatchObject({
      host: { pid: 4242, version: "0.1.0", supervised: true },
      nodeId: HOST.deviceId,
      instanceId: "n-1",
      ready: true,
      activeRuns: 2,
      policy: { state: "ok", security: "allowlist", policyEdits: "narrow", gatewayApprovals: "off" },
      problems: [],
    });
    const { stdout, code } = await perform(status, on, { "exit-code": true });
    expect(code).toBe(0);
    expect(stdout).toContain("Host: pid 4242, version 0.1.0, up 3 min\n");
    expect(stdout).toContain("Connection: connected (version 2026.9.6, protocol 4), since 2 min\n");
    expect(stdout).toContain(
      "Policy lock: the Gateway may only narrow the policy; its operator may not approve",
    );
    expect(stdout).toContain("Runs: 2 active\n");
    expect([report.runs, report.containment]).toEqual([null, null]);
  });

  it("says how many runs wait, how many may run, and how they are held together", async () => {
    const on = await installed();
    const whyNotBetter = "control groups are switched off";
    const runs = { active: 4, queued: 3, limit: 4 };
    await answering(on, { runs, containment: { kind: "process-tree", whyNotBetter } });
    expect(await json(status, on)).toMatchObject({
      runs,
      containment: { kind: "process-tree", whyNotBetter },
    });
    const { stdout } = await perform(status, on);
    expect(stdout).toContain("Runs: 4 active, 3 waiting (at most 4 at once)\n");
    expect(stdout).toContain(`Containment: process-tree (${whyNotBetter})\n`);
  });

  it("says what to type on the Gateway", async () => {
    const on = await installed();
    await answering(on, {
      link: {
        phase: "waiting",
        since: 1,
        cause: "pairing",
        why: "pairing required",
        retryAt: 2,
        requestId: "r-7",
      },
    });
    expect((await perform(status, on, { "exit-code": true })).code).toBe(14);
    expect((await perform(status, on)).stdout).toContain("On the Gateway: openclaw devices approve r-7\n");
    expect((await json(status, on)).onGateway).toBe("openclaw devices approve r-7");
  });

  it.each([
    [{ version: "0.0.9" }, "other-version"],
    [{ pid: 1 }, "foreground-host"],
    [{ policy: "malformed" }, "policy-malformed"],
  ])("of a host with %j tells of %s", async (parts, code) => {
    const on = await installed();
    await answering(on, parts);
    expect((await json(status, on)).problems.map((problem: Json) => problem.code)).toEqual([code]);
  });

  it("takes what it can from a host of another version, and nothing that is not its shape", async () => {
    const on = await installed();
    await answering(on, {
      link: "ready",
      surface: 7,
      approvals: null,
      version: {},
      pid: "4242",
      startedAt: null,
    });
    const { connection, host, policy } = await json(status, on);
    expect([connection, host.pid, policy.path]).toEqual([
      null,
      null,
      join(on.home, ".openclaw/exec-approvals.json"),
    ]);
    expect((await perform(status, on)).code).toBe(0);
  });

  it("remembers what went wrong: the host's word for it, else its log", async () => {
    const on = await installed();
    mkdirSync(join(stateDirOf(on), "logs"), { mode: 0o700 });
    const lines = ["error", "info"].map((word, index) =>
      JSON.stringify({ level: 50 - index * 20, time: new Date().toISOString(), message: `an ${word}` }),
    );
    writeFileSync(join(stateDirOf(on), "logs/node.log"), `${lines.join("\n")}\n{"cut`, { mode: 0o600 });
    expect((await json(status, on)).lastError).toMatchObject({ cause: "host", why: "an error" });
    expect((await perform(status, on)).stdout).toContain(
      `Host: not running (version ${VERSION})\nLast error: an error (just now)\n`,
    );
    await answering(on, { lastError: { at: Date.now() - 60_000, cause: "network", why: "cut" } });
    expect((await json(status, on)).lastError.why).toBe("cut");
    expect((await perform(status, on)).stdout).toContain("Last error: cut (60 s ago)\n");
  });

  it("shows a stranger's words, and obeys none", async () => {
    const on = await installed();
    await answering(on, {
      link: { phase: "waiting", since: 1, cause: "network", why: "no\u001b[2J\nRuns: 9", retryAt: 2 },
    });
    expect((await perform(status, on)).stdout).toContain("no\\u001b[2J\\u000aRuns: 9");
  });

  it("says that a service which should run does not, on standard error", async () => {
    const on = await installed();
    on.state = { enabled: true, running: false };
    const { stderr } = await perform(status, on);
    expect(stderr).toBe(
      "Service is loaded but not running.\nLogs: journalctl --user -u openclaw-node.service -n 200 --no-pager\nStart with: openclaw node start\n",
    );
  });
});
