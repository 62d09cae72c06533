import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { FULL_POLICY, stateDir } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";
import { cleanEnv, RUNTIME } from "./scenarios/node-process.ts";
import { freePorts } from "./gateways/free-ports.ts";
import { receiveNotify, withConnectedSocket, type NotifyReceiver } from "./service/notify-receiver.ts";

const ENTRY =
  process.env["OPENCLAW_TEST_ENTRY"] ?? fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));

interface Serviced {
  readonly child: ChildProcess;
  readonly receiver: NotifyReceiver;
  readonly ended: Promise<number | null>;
}

type Way = "descriptor" | "program";
const WAYS: readonly Way[] = ["descriptor", "program"];

/** A node host as a service manager starts it. */
async function service(
  way: Way,
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Serviced> {
  const dir = stateDir({ "exec-approvals.json": FULL_POLICY });
  const path = join(dir, "notify");
  const receiver = await receiveNotify(path);
  const host = [RUNTIME, ENTRY, "node", "run", "--host", "127.0.0.1", "--port", String(port)];
  const [program, ...args] = way === "descriptor" ? withConnectedSocket(path, host) : host;
  const child = spawn(program ?? "", args, {
    env: cleanEnv(dir, { OPENCLAW_GATEWAY_TOKEN: "test-token-0123456789", NOTIFY_SOCKET: path, ...env }),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, receiver, ended };
}

describe.each(WAYS)("a host that is a service, heard through the %s", (way) => {
  it("says that it is ready, what it does and that it stops", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const { child, receiver, ended } = await service(way, gateway.port);
    expect(await receiver.message(/^READY=1$/u)).toHaveLength(2);
    await receiver.message(/^STATUS=connected to ws:\/\/127\.0\.0\.1:/u);
    child.kill("SIGTERM");
    await receiver.message(/^STOPPING=1$/u);
    expect(await ended).toBe(0);
    expect(receiver.messages.flat().some((part) => part.startsWith("WATCHDOG="))).toBe(false);
  });

  it("is ready without a Gateway too, says why it waits, and feeds the watchdog meanwhile", async () => {
    const port = await freePorts(1);
    const { child, receiver, ended } = await service(way, port, { WATCHDOG_USEC: "600000" });
    await receiver.message(/^READY=1$/u);
    await receiver.message(/^STATUS=not connected: .*refused.*next try at \d\d:\d\d:\d\d$/u);
    await receiver.message(/^WATCHDOG=1$/u, 2);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("gives nothing of it to the commands that it runs", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const { receiver } = await service(way, gateway.port, {
      WATCHDOG_USEC: "60000000",
      MANAGERPID: "1",
      INVOCATION_ID: "i",
      OPENCLAW_SERVICE_KIND: "node",
      OPENCLAW_SERVICE_MARKER: "openclaw",
    });
    await receiver.message(/^STATUS=connected/u);
    const visitor = await gateway.visitor(0);
    const look = 'env; echo "descriptor 3: $(readlink /proc/$$/fd/3)"';
    visitor.invoke("run", "system.run", { command: ["/bin/sh", "-c", look] });
    const { stdout } = (await visitor.result("run")) as { stdout: string };
    expect(stdout).toContain("OPENCLAW_SHELL=exec");
    expect(stdout).not.toMatch(
      /NOTIFY|WATCHDOG|LISTEN_|MANAGERPID|INVOCATION|SERVICE_|TOKEN|descriptor 3: socket/u,
    );
  });
});

describe("a host in the foreground", () => {
  it("loads nothing of it", () => {
    const chunks = join(dirname(ENTRY), "chunks");
    const start = readdirSync(chunks).filter((name) => name.startsWith("node-run-"));
    expect(start).toHaveLength(1);
    for (const file of [ENTRY, ...start.map((name) => join(chunks, name))])
      expect(readFileSync(file, "utf8")).not.toContain("WATCHDOG_USEC");
  });
});
