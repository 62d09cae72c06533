import { createConnection } from "node:net";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";
import { runCli } from "./scenarios/node-process.ts";

const SECRET = 's3cret"\\värde-0123456789';
const DEVICE_TOKEN = "device-token-9876543210";
/** The same secret as an encoder might spell it. */
const SPELLINGS = [SECRET, JSON.stringify(SECRET).slice(1, -1), encodeURIComponent(SECRET), "0123456789"];

function expectNoSecret(text: string): void {
  expect(SPELLINGS.filter((spelling) => text.includes(spelling))).toEqual([]);
  expect(text).not.toContain(DEVICE_TOKEN);
}

async function askStatus(path: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    let text = "";
    const socket = createConnection(path).setEncoding("utf8");
    socket.on("data", (chunk) => (text += chunk));
    socket.once("end", () => resolve(text));
    socket.once("error", reject);
    socket.write('{"method":"status"}\n');
  });
}

const HOLDERS: readonly (readonly [where: string, env: Readonly<Record<string, string>>, config: string])[] =
  [
    ["a token in the environment", { OPENCLAW_GATEWAY_TOKEN: SECRET }, "{}"],
    [
      "a password in the environment",
      { OPENCLAW_GATEWAY_PASSWORD: SECRET, OPENCLAW_GATEWAY_TOKEN: "" },
      "{}",
    ],
    [
      "a token in the configuration",
      { OPENCLAW_GATEWAY_TOKEN: "" },
      JSON.stringify({ gateway: { auth: { token: SECRET } } }),
    ],
    [
      "a token from any variable",
      { OPENCLAW_GATEWAY_TOKEN: "", LAB_KEY: SECRET, LAB_URL: `x:${SECRET}@y` },
      '{gateway:{auth:{token:"${LAB_KEY}"}}}',
    ],
  ];

describe.each(HOLDERS)("%s", (_where, env, config) => {
  it.each(["text", "json"])(
    "is in no log line, run, command line or status, though a Gateway repeats it: %s",
    async (format) => {
      const gateway = await scriptedGateway((visitor) =>
        visitor.accept({
          server: { version: `v ${SECRET} ${DEVICE_TOKEN}`, connId: "c" },
          auth: { role: "node", scopes: [], deviceToken: DEVICE_TOKEN },
        }),
      );
      const dir = stateDir({ "exec-approvals.json": FULL_POLICY, "openclaw.json": config });
      const node = startHost({
        port: gateway.port,
        stateDir: dir,
        args: ["--log-level", "debug"],
        env: { OPENCLAW_LOG_FORMAT: format, ...env },
      });
      await node.line(/connected to the Gateway/u);
      const visitor = await gateway.visitor(0);
      const connect = await visitor.frame(({ method }) => method === "connect");
      expect(Object.values(connect.params.auth)).toEqual([SECRET]);

      const look =
        "tr '\\0' '\\n' < /proc/self/environ; tr '\\0' '\\n' < /proc/self/cmdline; tr '\\0' '\\n' < /proc/$PPID/cmdline; env";
      visitor.invoke("a", "system.run", { command: ["/bin/sh", "-c", look] });
      const { stdout } = await visitor.result("a");
      expect(stdout).toMatch(/^PATH=/mu);
      expect(stdout).toMatch(/^run$/mu);
      expectNoSecret(stdout);
      expectNoSecret(readFileSync(`/proc/${node.child.pid ?? 0}/cmdline`, "utf8"));

      visitor.invoke(`x ${SECRET}`, SECRET, {});
      visitor.event("node.invoke.request", { id: "y", nodeId: 5, command: SECRET });
      visitor.invoke("b", "system.run", { command: ["echo", SECRET], env: { LD_PRELOAD: SECRET } });
      await visitor.result("b");
      visitor.invoke("d", "system.run", { command: ["echo", SECRET], cwd: SECRET, runId: SECRET });
      await visitor.result("d");
      visitor.fallSilent();
      visitor.invoke("c", SECRET, {});
      await visitor.result("c");
      visitor.socket.close(4001, `changed: ${SECRET} ${DEVICE_TOKEN}`);
      await node.line(/trying again/u);
      expectNoSecret(await askStatus(join(dir, "node.sock")));
      expect(await node.stop()).toBe(0);
      expectNoSecret(node.output());
      expectReadable(node.output());

      const holding = readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== "openclaw.json")
        .map((entry) => join(entry.parentPath, entry.name));
      for (const path of holding) {
        expect(`${path} ${(statSync(path).mode & 0o777).toString(8)}`).toBe(`${path} 600`);
        if (path.endsWith("device-auth.json")) expect(readFileSync(path, "utf8")).toContain(DEVICE_TOKEN);
        else expectNoSecret(readFileSync(path, "utf8"));
      }
    },
  );

  it("is not in the last words of a host that was refused", async () => {
    const refusal = {
      code: "INVALID_REQUEST",
      message: `unauthorized: ${SECRET}`,
      details: { code: "AUTH_TOKEN_MISMATCH" },
    };
    const gateway = await scriptedGateway((visitor) => void visitor.refuse(refusal));
    const { code, stdout, stderr } = await runCli(["node", "run", "--port", String(gateway.port)], {
      stateDir: stateDir({ "openclaw.json": config }),
      env,
    });
    expect(code).toBe(78);
    expect(stderr).toContain("unauthorized: [redacted]");
    expectNoSecret(`${stdout}${stderr}`);
  });
});

describe("a stored device token", () => {
  it("is not shown to another Gateway, whatever happens in between", async () => {
    const first = await scriptedGateway((visitor) =>
      visitor.accept({ auth: { role: "node", scopes: [], deviceToken: DEVICE_TOKEN } }),
    );
    const second = await scriptedGateway((visitor) => visitor.accept());
    const dir = stateDir();
    const without = { stateDir: dir, token: "" };
    const one = startHost({ port: first.port, ...without });
    await one.line(/connected to the Gateway/u);
    expect(await one.stop()).toBe(0);
    const again = startHost({ port: first.port, ...without });
    const known = await (await first.visitor(1)).frame(({ method }) => method === "connect");
    expect(known.params.auth).toEqual({ token: DEVICE_TOKEN });
    await again.line(/connected to the Gateway/u);
    expect(await again.stop()).toBe(0);
    const other = startHost({ port: second.port, ...without });
    const connect = await (await second.visitor(0)).frame(({ method }) => method === "connect");
    expect(JSON.stringify(connect)).not.toContain(DEVICE_TOKEN);
    expect(readFileSync(join(dir, "identity/device-auth.json"), "utf8")).not.toContain(DEVICE_TOKEN);
    await other.line(/connected to the Gateway/u);
    expect(await other.stop()).toBe(0);
  });
});
