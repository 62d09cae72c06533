import { spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, readdirSync, rmdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startDevGateway } from "@openclaw/dev-gateway";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectReadable, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";
import { cleanEnv, runCli } from "./scenarios/node-process.ts";

const ENTRY =
  process.env["OPENCLAW_TEST_ENTRY"] ?? fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const TOKEN = "test-token-0123456789";
const PIN = "ab".repeat(32);

describe("a command line that is wrong", () => {
  it.each([
    [["node", "run", "--bogus"], 2, "unknown option `--bogus`"],
    [["node", "run", "--bogus=x"], 2, "unknown option `--bogus`"],
    [["node", "run", "-x"], 2, "unknown option `-x`"],
    [["node", "run", "extra"], 2, "unexpected word `extra`"],
    [["node", "rnu"], 2, "`openclaw node rnu` is not a command; did you mean `run`?"],
    [["nod", "run"], 2, "`openclaw nod run` is not a command; did you mean `node`?"],
    [["--", "node", "run"], 2, "no command given"],
    [["node", "run", "--", "x"], 2, "`openclaw node run` takes no words after --"],
    [["node", "run", "--port"], 2, "--port needs a value"],
    [["node", "run", "--port", "abc"], 2, "invalid --port: `abc` is not a whole number"],
    [["node", "run", "--port", "-1"], 2, "--port"],
    [["node", "run", "--port", "0"], 2, "invalid --port: use a port number from 1 to 65535"],
    [["node", "run", "--port", "65536"], 2, "invalid --port: use a port number from 1 to 65535"],
    [["node", "run", "--port", "9".repeat(400)], 2, "invalid --port: use a port number from 1 to 65535"],
    [["node", "run", "--port", "1", "--port", "2"], 2, "--port is given more than once"],
    [["node", "run", "--host", ""], 2, "--host needs a value"],
    [["node", "run", "--log-level", "loud"], 2, "`loud` is not one of debug, info, warn, error"],
    [["node", "run", "--tls", "--no-tls"], 2, "--tls and --no-tls contradict each other"],
    [["node", "run", "--no-tls", "--tls-fingerprint", PIN], 2, "--tls-fingerprint needs TLS"],
    [["node", "run", "--display-name", "a\nb"], 2, "invalid --display-name"],
    [["node", "run", "--\u001b[31mred\u202e"], 2, "unknown option `--\\u001b[31mred\\u202e`"],
    [["\u001b]0;x\u0007"], 2, "unexpected word `\\u001b]0;x\\u0007`"],
    [["gateway", "dev", "--port", "65536"], 2, "invalid --port: use a port number from 0 to 65535"],
    [["gateway", "dev", "--era", "1999"], 2, "`1999` is not one of 2026.2, 2026.3, 2026.6, 2026.9"],
    [["--profile", "../x", "node", "run"], 78, "the state profile name `../x` cannot be used"],
    [["node", "run", "--host", "http://gw"], 78, "`http://gw` is not a host name or an IP address"],
    [
      ["node", "run", "--host", "8.8.8.8"],
      78,
      "refusing plain ws:// to the public address `8.8.8.8`; use --tls",
    ],
    [["node", "run", "--host", "[2001:db8::1]"], 78, "refusing plain ws:// to the public address"],
    [["node", "run", "--host", "0x08080808"], 78, "refusing plain ws:// to the public address"],
    [["node", "run", "--host", "gw.example"], 78, "refusing plain ws:// to `gw.example`; use --tls, or set"],
    [["node", "run", "--host", "gw.local"], 78, "refusing plain ws:// to `gw.local`"],
    [["node", "run", "--tls-fingerprint", "zz"], 78, "`zz` is not a SHA-256 certificate fingerprint"],
    [["node", "run", "--context-path", "/a b"], 78, "must be a plain url path"],
    [["node", "run", "--host", "127.0.0.1:18789"], 78, "and the port with --port"],
  ])("%j ends with %i and says why", async (args, exit, text) => {
    const dir = stateDir();
    const { code, stdout, stderr } = await runCli(args, { stateDir: dir });
    expect(stderr).toMatch(/^openclaw: /u);
    expect(stderr).toContain(text);
    expect(code).toBe(exit);
    expect(stdout).toBe("");
    expect(stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(3);
    expect(readdirSync(dir)).not.toContain("node.json");
    expectReadable(stderr);
  });

  it("is answered in JSON where JSON was asked for, but not where that was for another command", async () => {
    const dir = stateDir();
    const asked = await runCli(["node", "identity", "--json", "--bogus"], { stateDir: dir });
    expect(asked.code).toBe(2);
    expect(JSON.parse(asked.stdout)).toMatchObject({
      ok: false,
      error: { type: "cli_error", code: "usage" },
    });
    const other = await runCli(["nodes", "run", "--bogus", "--", "tool", "--json"], { stateDir: dir });
    expect(other.code).toBe(2);
    expect(other.stdout).toBe("");
  });
});

describe("openclaw gateway dev", () => {
  it("says that the port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await runCli(["gateway", "dev", "--port", String(port)], {
      stateDir: stateDir(),
    });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `openclaw: cannot listen on 127.0.0.1:${port}: another program uses this port already\n  use another port; --port 0 takes any free one\n`,
    );
  });

  it("says that the state file is none", async () => {
    const dir = stateDir({ "gateway.json": "{}" });
    const args = ["gateway", "dev", "--port", "0", "--state-file", join(dir, "gateway.json")];
    const { code, stderr } = await runCli(args, { stateDir: dir });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^openclaw: the state file `.*gateway\.json` is not used, because .+; move it away/u,
    );
    expectReadable(stderr);
  });

  it.each(["", "  "])("never lets everybody in because a variable is blank: %j", async (blank) => {
    const child = spawn(process.execPath, [ENTRY, "gateway", "dev", "--port", "0", "--json"], {
      env: cleanEnv(stateDir(), { OPENCLAW_GATEWAY_TOKEN: blank }),
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    expect(JSON.parse(line.toString("utf8")).token).toMatch(/^[\w-]{20,}$/u);
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
  });
});

describe("two hosts on one state directory", () => {
  it("are one too many; the first stays", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const dir = stateDir();
    const first = startHost({ port: gateway.port, stateDir: dir });
    await first.line(/connected to the Gateway/u);
    const second = startHost({ port: gateway.port, stateDir: dir });
    expect(await second.exited).toBe(1);
    expect(second.output()).toMatch(
      new RegExp(
        `^openclaw: a node host is already running on this state directory as process ${first.child.pid ?? 0} `,
        "u",
      ),
    );
    expectReadable(second.output());
    expect(await first.stop()).toBe(0);
    // A lock of a process that was killed holds nobody up.
    const third = startHost({ port: gateway.port, stateDir: dir });
    await third.line(/connected to the Gateway/u);
    third.child.kill("SIGKILL");
    await third.exited;
    const fourth = startHost({ port: gateway.port, stateDir: dir });
    await fourth.line(/connected to the Gateway/u);
    expect(await fourth.stop()).toBe(0);
  });
});

describe("a world that is not as usual", () => {
  it("such as a current directory that is gone", async () => {
    const dir = stateDir();
    const gone = join(dir, "gone");
    mkdirSync(gone);
    const script = `rmdir "$1"; exec "$2" "$3" node identity`;
    const child = spawn("/bin/sh", ["-c", script, "sh", gone, process.execPath, ENTRY], {
      cwd: gone,
      env: cleanEnv(dir),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    expect(await once(child, "close")).toEqual([1, null]);
    expect(stderr).toMatch(/openclaw: the current directory does not exist any more\n/u);
    expect(() => rmdirSync(gone)).toThrow("ENOENT");
  });

  it("such as a standard output that is full", async () => {
    const child = spawn(process.execPath, [ENTRY, "node", "identity"], {
      env: cleanEnv(stateDir()),
      stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
    });
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    expect(await once(child, "close")).toEqual([1, null]);
    expect(stderr).toBe("openclaw: could not write to standard output (ENOSPC)\n");
  });

  it.each([
    ["standard output", ["ignore", "pipe", "ignore"] satisfies StdioOptions, "stdout" as const],
    ["standard error", ["ignore", "ignore", "pipe"] satisfies StdioOptions, "stderr" as const],
  ])("such as a reader of %s who is gone: the host works on", async (_what, stdio, stream) => {
    const gateway = await startDevGateway({ token: TOKEN });
    onTestFinished(async () => await gateway.close());
    const child = spawn(
      process.execPath,
      [ENTRY, "node", "run", "--port", String(gateway.port), "--log-level", "debug"],
      {
        env: cleanEnv(stateDir(), { OPENCLAW_GATEWAY_TOKEN: TOKEN }),
        stdio,
      },
    );
    child[stream]?.destroy();
    await new Promise<void>((resolve) => {
      gateway.on((event) => {
        if (event.type === "client-connected") resolve();
      });
    });
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
  });
});
