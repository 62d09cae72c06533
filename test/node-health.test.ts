import { statSync } from "node:fs";
import { createServer, request, type IncomingHttpHeaders } from "node:http";
import { createConnection, type AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway, type ScriptedGateway, type Visitor } from "./bad-input/scripted-gateway.ts";
import { freePorts } from "./gateways/free-ports.ts";
import { runCli, type NodeProcess } from "./scenarios/node-process.ts";

interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Where = { readonly port: number } | { readonly socketPath: string };

async function ask(
  where: Where,
  path: string,
  more: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<Reply> {
  const { body = "", ...options } = more;
  return await new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", ...where, path, ...options }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: text }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

async function watched(): Promise<{
  readonly node: NodeProcess;
  readonly visitor: Visitor;
  readonly port: number;
  readonly gateway: ScriptedGateway;
  readonly accepted: readonly Promise<unknown>[];
}> {
  const accepted: Promise<unknown>[] = [];
  const gateway = await scriptedGateway((visitor) => accepted.push(visitor.accept()));
  const node = startHost({
    port: gateway.port,
    stateDir: stateDir({ "exec-approvals.json": FULL_POLICY }),
    args: ["--listen", "127.0.0.1:0"],
  });
  const line = await node.line(/health and metrics at/u);
  await node.line(/connected to the Gateway/u);
  return {
    node,
    gateway,
    accepted,
    visitor: await gateway.visitor(0),
    port: Number(/:(\d+)$/u.exec(line)?.[1]),
  };
}

/** The samples of a text, by name and labels; throws for a line that is none. */
function samples(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.trimEnd().split("\n")) {
    if (/^# (?:HELP|TYPE) [a-z_]+ .+$/u.test(line)) continue;
    const [, name = "", value] = /^([a-z_]+(?:\{[^}]*\})?) (\S+)$/u.exec(line) ?? [];
    if (value === undefined || Number.isNaN(Number(value))) throw new Error(`not a sample: ${line}`);
    found.set(name, Number(value));
  }
  return found;
}

describe("openclaw node run --listen", () => {
  it("tells of a working host, its runs and its pause", async () => {
    const { node, visitor, port } = await watched();
    expect(await ask({ port }, "/healthz")).toMatchObject({ status: 200, body: "ok\n" });
    expect(await ask({ port }, "/readyz")).toMatchObject({
      status: 200,
      body: '{"ready":true,"state":"ready"}\n',
    });
    visitor.invoke("a", "system.run", { command: ["echo", "hello"] });
    await visitor.result("a");
    visitor.invoke("b", "no.such\n# evil", {});
    await visitor.result("b");
    await runCli(["node", "pause"], { stateDir: node.stateDir });
    visitor.invoke("c", "system.run", { command: ["true"] });
    await visitor.result("c");
    expect(await ask({ port }, "/readyz")).toMatchObject({
      status: 503,
      body: '{"ready":false,"state":"paused"}\n',
    });
    const { headers, body } = await ask({ port }, "/metrics?x=1");
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    const told = samples(body);
    expect(Object.fromEntries(told)).toMatchObject({
      'openclaw_node_link_state{state="ready"}': 1,
      'openclaw_node_link_state{state="backing-off"}': 0,
      openclaw_node_ready: 0,
      openclaw_node_paused: 1,
      openclaw_node_connections_total: 1,
      openclaw_node_reconnects_total: 0,
      'openclaw_node_invokes_total{command="system.run",outcome="ok"}': 1,
      'openclaw_node_invokes_total{command="system.run",outcome="SYSTEM_RUN_DENIED"}': 1,
      'openclaw_node_invokes_total{command="other",outcome="UNAVAILABLE"}': 1,
      openclaw_node_active_runs: 0,
      'openclaw_node_run_duration_seconds_bucket{le="+Inf"}': 1,
      openclaw_node_run_output_bytes_total: 6,
      openclaw_node_decision_duration_seconds_count: 1,
    });
    expect(told.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
    expect((await ask({ port }, "/metrics", { method: "HEAD" })).body).toBe("");
    expect(await node.stop()).toBe(0);
  });

  it("counts a reconnect", async () => {
    const { visitor, port, gateway, accepted } = await watched();
    visitor.socket.terminate();
    const again = await gateway.visitor(1);
    await accepted[1];
    again.invoke("a", "system.which", { bins: [] });
    await again.result("a");
    const told = samples((await ask({ port }, "/metrics")).body);
    expect(told.get("openclaw_node_reconnects_total")).toBe(1);
  });

  it("says what a host waits for that has no Gateway", async () => {
    const where = { socketPath: join(stateDir(), "h.sock") };
    const args = ["--listen", where.socketPath];
    const node = startHost({ port: await freePorts(1), args });
    await node.line(/trying again/u);
    expect(statSync(where.socketPath).mode & 0o777).toBe(0o600);
    expect((await ask(where, "/healthz")).status).toBe(200);
    expect(await ask(where, "/readyz", { headers: { Host: "any" } })).toMatchObject({
      status: 503,
      body: '{"ready":false,"state":"waiting"}\n',
    });
    node.child.kill("SIGKILL");
    await node.exited;
    const next = startHost({ port: await freePorts(1), args });
    await next.line(/health and metrics at .*h\.sock/u);
    expect(await next.stop()).toBe(0);
  });

  it("answers nobody whom a web page sends, and nothing but questions", async () => {
    const { port } = await watched();
    for (const host of ["evil.example", `evil.example:${port}`, "localhost.evil.example"])
      expect((await ask({ port }, "/metrics", { headers: { Host: host } })).status).toBe(421);
    expect((await ask({ port }, "/metrics", { headers: { Host: `localhost:${port}` } })).status).toBe(200);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const reply = await ask({ port }, "/metrics", { method, body: "x".repeat(100) });
      expect([reply.status, reply.headers.allow]).toEqual([405, "GET, HEAD"]);
    }
    for (const path of ["/", "/metrics/", "/..%2fmetrics", "//metrics", "http://evil.example/metrics"])
      expect((await ask({ port }, path)).status).toBe(404);
    await expect(ask({ port }, "/metrics", { headers: { X: "x".repeat(10_000) } })).rejects.toThrow(
      /hang up|ECONNRESET/u,
    );
    // Half a request is not waited for.
    const slow = createConnection(port, "127.0.0.1");
    slow.on("error", () => undefined);
    slow.write("GET /metrics HTTP/1.1\r\nHo");
    await once(slow, "close");
    expect((await ask({ port }, "/healthz")).status).toBe(200);
  });

  it("works without it where the port is taken, and warns of the whole network", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const node = startHost({ port: await freePorts(1), args: ["--listen", String(port)] });
    await node.line(
      /error: could not listen at 127\.0\.0\.1:\d+: the port is in use; the node host runs without/u,
    );
    await node.line(/trying again/u);
    const open = startHost({ port: await freePorts(1), args: ["--listen", "0.0.0.0:0"] });
    await open.line(/warning: everybody who can reach http:\/\/0\.0\.0\.0:\d+ can read/u);
    const { code, stderr } = await runCli(["node", "run", "--listen", "nowhere"], { stateDir: stateDir() });
    expect([code, stderr.split("\n")[0]]).toEqual([2, "openclaw: invalid --listen: `nowhere` is no address"]);
  });
});
