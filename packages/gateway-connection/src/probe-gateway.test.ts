import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { endpointFromParts, type EndpointInput, type GatewayEndpoint } from "./endpoint.ts";
import { probeGateway, type GatewayProbe, type ProbeOptions, type Rung } from "./probe-gateway.ts";
import { CERTIFICATE, EXPIRED, freePort, OTHER_NAME, startGateway } from "./scripted-gateway.test.support.ts";
import { startHttpProxy } from "./stand-in-proxy.test.support.ts";

const here = (port: number, parts: Partial<EndpointInput> = {}): GatewayEndpoint =>
  endpointFromParts({ host: "127.0.0.1", port, tls: false, ...parts });

async function probe(endpoint: GatewayEndpoint, options: ProbeOptions = {}): Promise<GatewayProbe> {
  return await probeGateway(endpoint, { env: {}, limits: { probeStepMs: 300 }, ...options });
}

/** The rungs as one reads them: `ok`, `-`, nothing when not reached, or the code of the failure. */
function ladder(found: GatewayProbe): string {
  const word = (rung: Rung<unknown>): string =>
    rung.kind === "failed" ? rung.error.code : { ok: "ok", "not-needed": "-", "not-reached": "" }[rung.kind];
  const { dns, tcp, proxy, tls, upgrade, challenge, clock } = found;
  return [dns, tcp, proxy, tls, upgrade, challenge, clock].map(word).join(" ").trimEnd();
}

/** A server on 127.0.0.1 that is gone, with its sockets, after the test. */
async function serve(server: Server | ReturnType<typeof createHttpServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const web = async (listener: RequestListener): Promise<number> => await serve(createHttpServer(listener));

describe("the ladder to a Gateway", () => {
  it("ends at the challenge, and says nothing on the way", async () => {
    const said: unknown[] = [];
    const gateway = await startGateway(async (client) => {
      client.socket.on("message", (data) => said.push(data));
      client.event("connect.challenge", { nonce: "n-1", ts: 5_000_000 });
      said.push(await client.closed);
    });
    const found = await probe(gateway.endpoint, { now: () => 5_090_000 });
    expect(ladder(found)).toBe("- ok - - ok ok ok");
    expect(found.clock).toEqual({ kind: "ok", value: { behindMs: -90_000, by: "challenge" } });
    await gateway.clients[0]?.closed;
    expect(said).toEqual([{ code: 1000, reason: "" }]);
    expect(Object.keys(gateway.clients[0]?.upgrade.headers ?? {})).not.toContain("authorization");
  });

  it("takes the Date header where the challenge has no time", async () => {
    const sockets = new WebSocketServer({ noServer: true });
    sockets.on("headers", (headers) => headers.push("Date: Mon, 23 Nov 2026 12:00:00 GMT"));
    const server = createHttpServer().on("upgrade", (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (ws) =>
        ws.send(
          JSON.stringify({ type: "event", event: "connect.challenge", payload: { nonce: "n", ts: 0 } }),
        ),
      );
    });
    const { clock } = await probe(here(await serve(server)), { now: () => 1_795_435_200_000 + 61_000 });
    expect(clock).toEqual({ kind: "ok", value: { behindMs: -61_000, by: "date" } });
  });

  it("stops at a name that nobody knows", async () => {
    // Too long for a name, so that no server is asked.
    const found = await probe(endpointFromParts({ host: `${"x".repeat(70)}.test`, port: 1, tls: true }));
    expect(ladder(found)).toBe("unreachable");
    expect(found.dns).toMatchObject({ error: { details: { system: expect.stringMatching(/^E/u) } } });
  });

  it("stops at a port that refuses", async () => {
    const found = await probe(here(await freePort()));
    expect(ladder(found)).toBe("- unreachable");
    expect(found.tcp).toMatchObject({ error: { details: { system: "ECONNREFUSED" } } });
  });

  it("does not wait for ever for a port that says nothing at all", async () => {
    const port = await blackHole();
    const found = await probe(here(port));
    expect(ladder(found)).toBe("- unreachable");
    expect(found.tcp).toMatchObject({ error: { details: { system: "ETIMEDOUT" } } });
  });

  it("does not wait for ever for a server that takes and never answers", async () => {
    const found = await probe(here(await serve(createServer())));
    expect(ladder(found)).toBe("- ok - - unreachable");
  });

  it("keeps the answer of a plain web server", async () => {
    const port = await web((_request, response) => response.writeHead(404, { server: "nginx" }).end());
    const found = await probe(here(port));
    expect(ladder(found)).toBe("- ok - - not-a-gateway");
    expect(found.answer).toMatchObject({ status: 404, server: "nginx" });
  });

  it("keeps where a redirect leads, and does not go there", async () => {
    const port = await web((_request, response) =>
      response.writeHead(302, { location: "https://login.example/\u00e4" }).end(),
    );
    const { answer } = await probe(here(port));
    expect(answer?.status).toBe(302);
    expect(answer?.location).toContain("https://login.example/");
  });

  it("sees a captive portal", async () => {
    const port = await web((_request, response) =>
      response
        .writeHead(200, { "content-type": "text/html", date: "Mon, 23 Nov 2026 12:00:00 GMT" })
        .end("<h1>"),
    );
    const found = await probe(here(port));
    expect(found.answer).toMatchObject({ status: 200, contentType: "text/html", dateMs: 1_795_435_200_000 });
  });

  it("stops at a server without TLS behind wss", async () => {
    const port = await web((_request, response) => response.end());
    expect(ladder(await probe(here(port, { tls: true })))).toBe("- ok - tls-failed");
  });

  it("stops at TLS behind ws", async () => {
    const gateway = await startGateway(async () => undefined, { tls: CERTIFICATE });
    const found = await probe(here(gateway.port));
    expect(ladder(found)).toMatch(/^- ok - - (?:not-a-gateway|unreachable)$/u);
  });

  it.each([
    ["that nobody vouches for", CERTIFICATE, undefined, "tls-failed"],
    ["of another name", OTHER_NAME, undefined, "tls-failed"],
    ["that the pin does not fit", CERTIFICATE, "ab".repeat(32), "fingerprint-mismatch"],
  ])("stops at a certificate %s, shows it, and sends nothing", async (_what, tls, tlsFingerprint, code) => {
    const gateway = await startGateway(async () => undefined, { tls });
    const found = await probe(here(gateway.port, { tls: true, tlsFingerprint }));
    expect(ladder(found)).toBe(`- ok - ${code}`);
    expect(found.certificates?.chain[0]?.certificatePin.sha256).toMatch(/^[\da-f]{64}$/u);
    expect(gateway.clients).toHaveLength(0);
  });

  it("tells a certificate that has expired from one that nobody knows", async () => {
    const gateway = await startGateway(async () => undefined, { tls: EXPIRED });
    const tlsCa = fileURLToPath(new URL("../fixtures/expired-cert.pem", import.meta.url));
    const found = await probe(here(gateway.port, { tls: true, tlsCa }), { ca: [EXPIRED.cert] });
    expect(ladder(found)).toBe("- ok - tls-failed");
    expect(found.tls).toMatchObject({ error: { details: { system: "CERT_HAS_EXPIRED" } } });
    expect(found.certificates).toMatchObject({ trust: "none", problem: "CERT_HAS_EXPIRED" });
  });

  it.each([
    ["says something else first", (send: (text: string) => void) => send("hello"), "protocol-violation"],
    ["says nothing", () => undefined, "handshake-timeout"],
  ])("stops at a server that %s", async (_what, script, code) => {
    const gateway = await startGateway(async (client) => script((text) => client.send(text)));
    expect(ladder(await probe(gateway.endpoint))).toBe(`- ok - - ok ${code}`);
  });

  it("stops at a Gateway that hangs up before the challenge", async () => {
    const gateway = await startGateway(async (client) => client.socket.close(1013, "gateway starting"));
    const { challenge } = await probe(gateway.endpoint);
    expect(challenge).toMatchObject({ error: { code: "closed", details: { close: { code: 1013 } } } });
  });

  it("goes through the proxy of the environment, and stops at one that is not there", async () => {
    const gateway = await startGateway(async (client) =>
      client.event("connect.challenge", { nonce: "n", ts: 1 }),
    );
    const proxy = await startHttpProxy(gateway.port);
    const endpoint = endpointFromParts({ host: "10.0.0.9", port: 18_789, tls: false });
    const env = { HTTP_PROXY: `http://ann:s3cret@127.0.0.1:${proxy.port}` };
    const found = await probe(endpoint, { env });
    expect(ladder(found)).toBe("- ok ok - ok ok ok");
    expect(JSON.stringify(found)).not.toContain("s3cret");
    const gone = await probe(endpoint, { env: { HTTP_PROXY: `http://127.0.0.1:${await freePort()}` } });
    expect(ladder(gone)).toBe("- proxy-failed");
    expect(ladder(await probe(endpoint, { env: { HTTP_PROXY: "ftp://x" } }))).toBe("  bad-proxy");
  });
});

/** A port whose connections the system neither takes nor refuses: its owner sleeps and its queue is full. */
async function blackHole(): Promise<number> {
  const program = `const s=require("node:net").createServer().listen({port:0,host:"127.0.0.1",backlog:1},()=>{console.log(s.address().port)})`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const port = Number(line);
  child.kill("SIGSTOP");
  for (let taken = true; taken;) {
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.on("error", () => undefined).destroy());
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, 150, false));
    // oxlint-disable-next-line no-await-in-loop -- until one is not taken any more
    taken = await Promise.race([once(socket, "connect").then(() => true), late]);
  }
  return port;
}
