import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { stateDir, startHost } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";
import { freePorts } from "./gateways/free-ports.ts";
import { cleanEnv, ENTRY, runCli, RUNTIME } from "./scenarios/node-process.ts";

type Json = any; // oxlint-disable-line typescript/no-explicit-any -- answers of a program under test

async function status(
  dir: string,
  ...more: readonly string[]
): Promise<{ readonly code: number | null; readonly json: Json }> {
  const { code, stdout } = await runCli(["node", "status", "--json", ...more], { stateDir: dir });
  return { code, json: JSON.parse(stdout) };
}

describe("node status beside a real host", () => {
  it("tells of the connection and stays fit for scripts", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const node = startHost({ port: gateway.port });
    await node.line(/connected to the Gateway/u);
    const { code, json } = await status(node.stateDir, "--exit-code");
    expect(code).toBe(0);
    expect(json).toMatchObject({
      service: { loaded: false, command: null },
      host: { pid: node.child.pid, supervised: false },
      gateway: `ws://127.0.0.1:${gateway.port}`,
      connection: { phase: "ready", gatewayVersion: "2026.6.1", protocol: 4 },
      ready: true,
      policy: {
        state: "ok",
        security: "allowlist",
        ask: "on-miss",
        askFallback: "deny",
        policyEdits: "free",
      },
      activeRuns: 0,
    });
    expect(json.host.version).toBe(json.installedVersion);
  });

  it("says why a host waits, and what the files say when none runs", async () => {
    const node = startHost({ port: await freePorts(1) });
    await node.line(/trying again/u);
    const waiting = await status(node.stateDir, "--exit-code");
    expect(waiting.code).toBe(12);
    expect(waiting.json.stage).toBe("waiting");
    expect(waiting.json.connection).toMatchObject({ phase: "waiting", cause: "gateway-down" });
    expect(waiting.json.connection.text).toMatch(/^not connected: .*refused/u);
    node.child.kill("SIGTERM");
    await node.exited;
    const { json } = await status(node.stateDir);
    expect(json).toMatchObject({ host: null, connection: null, ready: false, policy: { state: "ok" } });
    expect([json.nodeId, json.gateway]).toEqual([waiting.json.nodeId, waiting.json.gateway]);
  });

  it("watches until Ctrl-C, and ends cleanly", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const node = startHost({ port: gateway.port });
    await node.line(/connected to the Gateway/u);
    const watch = spawn(RUNTIME, [ENTRY, "node", "status", "--watch", "--json", "--exit-code"], {
      env: cleanEnv(node.stateDir),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(watch, "close");
    const lines = createInterface(watch.stdout)[Symbol.asyncIterator]();
    expect(JSON.parse(String((await lines.next()).value)).stage).toBe("ready");
    node.child.kill("SIGTERM");
    await node.exited;
    let stage = "";
    while (stage !== "no-host") stage = JSON.parse(String((await lines.next()).value)).stage;
    watch.kill("SIGINT");
    expect(await closed).toEqual([10, null]);
  });

  it("writes nothing", async () => {
    const dir = stateDir();
    for (const words of [["status"], ["doctor"], ["install", "--print"], ["install", "--dry-run"]])
      await runCli(["node", ...words], { stateDir: dir });
    expect(readdirSync(dir)).toEqual([]);
  });
});
