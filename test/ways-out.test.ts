import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { join } from "node:path";
import { startDevGateway } from "@openclaw/dev-gateway";
import { expect, it, onTestFinished } from "vitest";
import { startHost, stateDir } from "./bad-input/host.ts";
import { runCli } from "./scenarios/node-process.ts";

const TOKEN = "test-token-0123456789";

/** Something in front of a Gateway that lets nobody through, and remembers what it was told. */
async function doorkeeper(): Promise<{
  readonly port: number;
  readonly first: Promise<IncomingHttpHeaders>;
}> {
  const server = createServer();
  const first = new Promise<IncomingHttpHeaders>((resolve) => {
    server.on("upgrade", (request, socket) => {
      resolve(request.headers);
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, first };
}

/** An HTTP proxy that knows one password and leads everybody to one port. */
async function proxyTo(port: number, password: string): Promise<{ port: number; asked: string[] }> {
  const server = createServer();
  const asked: string[] = [];
  server.on("connect", (request, client) => {
    asked.push(request.url ?? "");
    const login = `Basic ${Buffer.from(`ann:${password}`).toString("base64")}`;
    if (request.headers["proxy-authorization"] !== login) {
      client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const onward = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(client).pipe(onward);
    });
    onward.on("error", () => client.destroy());
    client.on("error", () => onward.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, asked };
}

it("an operator command goes through the proxy of the environment, whose password nobody sees", async () => {
  const gateway = await startDevGateway({ token: TOKEN });
  onTestFinished(async () => await gateway.close());
  const proxy = await proxyTo(gateway.port, "hush-hush");
  const list = async (password: string): ReturnType<typeof runCli> =>
    await runCli(["nodes", "list", "--url", "ws://10.9.9.9:18789"], {
      stateDir: stateDir(),
      env: {
        OPENCLAW_GATEWAY_TOKEN: TOKEN,
        HTTP_PROXY: `http://ann:${password}@127.0.0.1:${proxy.port}`,
      },
    });
  // The Gateway itself answers: it does not know this operator yet.
  const good = await list("hush-hush");
  expect(good.stderr).toContain("on the Gateway's machine: openclaw devices approve");
  expect(proxy.asked[0]).toBe("10.9.9.9:18789");
  const bad = await list("hush");
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain(
    `the proxy http://127.0.0.1:${proxy.port} (HTTP_PROXY) answered HTTP 407 Proxy Authentication Required`,
  );
  expect(good.stdout + good.stderr + bad.stdout + bad.stderr).not.toContain("hush");
});

it("a node host sends the headers that it was told to, keeps where they come from, and shows no value", async () => {
  const door = await doorkeeper();
  const node = startHost({
    port: door.port,
    token: TOKEN,
    args: ["--header", "X-Door-Key=env:DOOR_KEY", "--log-level", "debug"],
    env: { DOOR_KEY: "hush-hush", CF_ACCESS_CLIENT_ID: "cf-id-hush", CF_ACCESS_CLIENT_SECRET: "cf-hush" },
  });
  const headers = await door.first;
  expect(headers["x-door-key"]).toBe("hush-hush");
  // That belongs to a link that is encrypted.
  expect(Object.keys(headers).filter((name) => name.startsWith("cf-"))).toEqual([]);
  await node.line(/answered HTTP 403/u);
  const saved = readFileSync(join(node.stateDir, "node.json"), "utf8");
  expect(JSON.parse(saved).gateway.headers).toEqual({ "X-Door-Key": "env:DOOR_KEY" });
  expect(await node.stop()).toBe(0);
  expect(node.output() + saved).not.toContain("hush");
});

it("a literal value is refused before anything is written or sent", async () => {
  const args = ["node", "run", "--header", "Authorization=Bearer hush-hush"];
  const result = await runCli(args, { stateDir: stateDir() });
  expect(result.code).toBe(2);
  expect(result.stderr).toContain("--header Authorization=env:VARIABLE takes it from the environment");
  expect(result.stderr).not.toContain("hush");
});

it("a header without a value ends a host that never connected, with 78", async () => {
  const node = startHost({ port: 1, token: TOKEN, args: ["--header", "X-Door-Key=env:DOOR_KEY"] });
  expect(await node.exited).toBe(78);
  expect(node.output()).toContain("no value for the header `X-Door-Key`: the variable DOOR_KEY is not set");
});
