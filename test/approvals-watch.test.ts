import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectReadable, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway, type Visitor } from "./bad-input/scripted-gateway.ts";
import { cleanEnv, runCli, type NodeProcess } from "./scenarios/node-process.ts";
import { startWatch } from "./scenarios/watch-process.ts";

const ENTRY =
  process.env["OPENCLAW_TEST_ENTRY"] ?? fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const ASKS = '{"version":1,"defaults":{"security":"allowlist","ask":"on-miss","askFallback":"deny"}}';

async function askingHost(): Promise<{ readonly node: NodeProcess; readonly visitor: Visitor }> {
  const gateway = await scriptedGateway((visitor) => visitor.accept());
  const node = startHost({ port: gateway.port, stateDir: stateDir({ "exec-approvals.json": ASKS }) });
  await node.line(/connected to the Gateway/u);
  return { node, visitor: await gateway.visitor(0) };
}

/** The command on a terminal of its own; afterwards the terminal is asked how it was left. */
function onTerminal(dir: string): {
  readonly type: (keys: string) => void;
  readonly shows: (text: RegExp) => Promise<string>;
} {
  const command = `stty cols 80 rows 24; '${process.execPath}' '${ENTRY}' approvals watch; echo "exit $?"; stty -a; echo over`;
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    env: cleanEnv(dir, { TERM: "xterm" }),
    stdio: "pipe",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  let look = (): void => undefined;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    look();
  });
  return {
    type: (keys) => void child.stdin.write(keys),
    /** What stands there up to the first fit; it is then done with. */
    shows: async (pattern) =>
      await new Promise((resolve) => {
        look = () => {
          const found = pattern.exec(text);
          if (found === null) return;
          look = () => undefined;
          const end = found.index + found[0].length;
          const seen = text.slice(0, end);
          text = text.slice(end);
          resolve(seen);
        };
        look();
      }),
  };
}

describe("openclaw approvals watch", () => {
  it("asks on a terminal, takes one deliberate key, and leaves the terminal as it was", async () => {
    const { node, visitor } = await askingHost();
    const file = join(node.stateDir, "made");
    const terminal = onTerminal(node.stateDir);
    await terminal.shows(/Press q to stop/u);
    // Nobody has asked anything yet.
    terminal.type("oooo");
    const command = ["touch", file, "\u001b[2J\u202e"];
    visitor.invoke("run", "system.run", { command, cwd: node.stateDir, agentId: "main" });
    const block = await terminal.shows(/\[o\]nce/u);
    expect(block).toContain(String.raw`$'\x1b[2J\u202e'`);
    expect(block).toContain("/touch");
    terminal.type("\u001b[Aoo");
    await terminal.shows(/ s left(?!.*too early)/u);
    // The time that is left goes by: whatever was typed before the last second was long ago.
    await terminal.shows(/2[67] s left/u);
    await terminal.shows(/2[456] s left/u);
    expect(existsSync(file)).toBe(false);
    terminal.type("o");
    await terminal.shows(/Allowed once; it has started\./u);
    expect(await visitor.result("run")).toMatchObject({ success: true });
    expect(existsSync(file)).toBe(true);
    terminal.type("\u0003");
    const after = await terminal.shows(/over\r?\n/u);
    expect(after).toContain("exit 0");
    for (const mode of ["icanon", "echo", "isig"])
      expect(after).toMatch(new RegExp(`(?<!-)\\b${mode}\\b`, "u"));
    const audit = readFileSync(join(node.stateDir, "exec-audit.jsonl"), "utf8").trim().split("\n");
    expect(audit.map((line) => (JSON.parse(line) as { owner?: object }).owner)).toContainEqual(
      expect.objectContaining({ by: "local-watcher", answer: "allow-once" }),
    );
    expect(await node.stop()).toBe(0);
  });

  it("says that no node host is running", async () => {
    const dir = stateDir();
    const { code, stdout, stderr } = await runCli(["approvals", "watch"], { stateDir: dir });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^openclaw: no node host is running for this state directory; start it with `openclaw node run`\n/u,
    );
    expectReadable(stderr);
    const json = await runCli(["approvals", "watch", "--json"], { stateDir: dir });
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, error: { code: "not-running" } });
  });

  it("ends with the host, and withdraws nothing silently: the run was answered", async () => {
    const { node, visitor } = await askingHost();
    const watcher = startWatch(node.stateDir);
    await watcher.event("watching");
    visitor.invoke("run", "system.run", { command: ["id"], agentId: "main" });
    const { id } = await watcher.event("prompt");
    visitor.event("node.invoke.cancel", { invokeId: "run" });
    expect(await watcher.event("settled")).toMatchObject({ id, how: "withdrawn" });
    visitor.invoke("next", "system.run", { command: ["id"], agentId: "main" });
    await watcher.event("prompt");
    const exited = once(watcher.child, "close");
    expect(await node.stop()).toBe(0);
    expect(visitor.results("next").length).toBe(1);
    expect((await exited)[0]).toBe(1);
  });
});
