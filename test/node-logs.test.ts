import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";
import { cleanEnv, runCli } from "./scenarios/node-process.ts";

const ENTRY =
  process.env["OPENCLAW_TEST_ENTRY"] ?? fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
type Json = any; // oxlint-disable-line typescript/no-explicit-any -- answers of a program under test
const ASKS = '{"version":1,"defaults":{"security":"allowlist","ask":"off","askFallback":"deny"}}';
const TOKEN = "test-token-0123456789";

function logs(dir: string, ...words: readonly string[]): ReturnType<typeof runCli> {
  return runCli(["node", "logs", ...words], { stateDir: dir });
}

/** The command while it follows; gives what it wrote as soon as that fits. */
function following(
  dir: string,
  ...words: readonly string[]
): {
  readonly shows: (text: RegExp) => Promise<string>;
  readonly stop: () => Promise<number | null>;
} {
  const child = spawn(process.execPath, [ENTRY, "node", "logs", "--follow", ...words], {
    env: cleanEnv(dir),
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "close");
  let text = "";
  let look = (): void => undefined;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    look();
  });
  return {
    shows: async (pattern) =>
      await new Promise((resolve) => {
        look = () => pattern.test(text) && resolve(text);
        look();
      }),
    stop: async () => {
      child.kill("SIGINT");
      return ((await exited) as [number | null])[0];
    },
  };
}

describe("openclaw node logs", () => {
  it("shows what the terminal showed, with ids that lead to the audit", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const node = startHost({ port: gateway.port, stateDir: stateDir({ "exec-approvals.json": ASKS }) });
    await node.line(/connected to the Gateway/u);
    const visitor = await gateway.visitor(0);
    const command = ["no-such", TOKEN, "--password", "hunter22", "\u001b[2J\u202e"];
    visitor.invoke("i-1", "system.run", { command, agentId: "main", runId: "r-1" });
    await visitor.result("i-1");
    await node.line(/refused/u);
    const path = join(node.stateDir, "logs", "node.log");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const raw = readFileSync(path, "utf8");
    for (const secret of [TOKEN, "hunter22", "\u001b", "\u202e"]) expect(raw).not.toContain(secret);

    const { code, stdout } = await logs(node.stateDir);
    expect(code).toBe(0);
    expectReadable(stdout);
    const shown = stdout.trimEnd().split("\n");
    expect(shown[0]).toMatch(/^--- \d{4}-\d\d-\d\d ---$/u);
    expect(shown.slice(1)).toEqual(node.output().trimEnd().split("\n"));

    const { entries } = JSON.parse((await logs(node.stateDir, "--json")).stdout);
    const refused = entries.find(({ message }: Json) => message.startsWith("refused"));
    expect(refused).toMatchObject({ level: 30, invokeId: "i-1", runId: "r-1" });
    const audit = readFileSync(join(node.stateDir, "exec-audit.jsonl"), "utf8");
    expect(JSON.parse(audit.split("\n")[0] ?? "")).toMatchObject({
      invokeId: "i-1",
      runId: "r-1",
      outcome: "deny",
    });
    expect((await logs(node.stateDir, "-n", "1", "--level", "error")).stdout).toBe(
      "Nothing in the log fits.\n",
    );
  });

  it("says nothing of an allowed run, and both its ends at the debug level", async () => {
    for (const level of ["info", "debug"]) {
      const gateway = await scriptedGateway((visitor) => visitor.accept());
      const dir = stateDir({ "exec-approvals.json": FULL_POLICY });
      const node = startHost({ port: gateway.port, stateDir: dir, env: { OPENCLAW_LOG_LEVEL: level } });
      await node.line(/connected to the Gateway/u);
      const visitor = await gateway.visitor(0);
      visitor.invoke("i-1", "system.run", { command: ["true"], runId: "r-1" });
      await visitor.result("i-1");
      expect(await node.stop()).toBe(0);
      const { entries } = JSON.parse((await logs(dir, "--json")).stdout);
      const about = entries.filter(({ runId }: Json) => runId === "r-1").map(({ message }: Json) => message);
      expect(about).toEqual(level === "info" ? [] : ["started", "a run is over"]);
    }
  });

  it("follows over a rotation and a torn line", async () => {
    const dir = stateDir();
    const none = await logs(dir);
    expect([none.code, none.stdout.replace(/\s+/gu, " ")]).toEqual([
      0,
      `Nothing is logged yet: there is no ${dir}/logs/node.log `,
    ]);
    const line = (message: string, level = 30): string =>
      `${JSON.stringify({ level, time: "2026-11-23T12:00:00Z", message })}\n`;
    const dir2 = stateDir({ "logs/node.log.1": line("old"), "logs/node.log": line("first") });
    const path = join(dir2, "logs", "node.log");
    const follow = following(dir2, "--level", "warn");
    const every = following(dir2);
    expect(await every.shows(/first/u)).toMatch(/old\n.*first\n$/u);
    appendFileSync(path, line("bad", 40).slice(0, 20));
    appendFileSync(path, line("bad", 40).slice(20));
    await follow.shows(/warning: bad/u);
    renameSync(path, `${path}.1`);
    writeFileSync(path, `{"torn\n${line("\u001b[2J after", 50)}`, { mode: 0o600 });
    expect(await follow.shows(/error: \\u001b\[2J after/u)).not.toMatch(/first|old/u);
    await every.shows(/after/u);
    expect([await follow.stop(), await every.stop()]).toEqual([0, 0]);
  });

  it("is no reason to stop a host that cannot write it", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const node = startHost({ port: gateway.port, stateDir: stateDir({ logs: "in the way" }) });
    await node.line(/warning: .*logs.*; a line is not in it, and the node host goes on/u);
    await node.line(/connected to the Gateway/u);
    expect(await node.stop()).toBe(0);
  });
});
