import { once } from "node:events";

import { describe, expect, it } from "vitest";

import {
  connectTo,
  everything,
  exchange,
  get,
  gone,
  readUntil,
  startHttp,
  startProxy,
  startTcp,
  tunnel,
} from "./egress.test.support.ts";

const page = (): Promise<{ port: number }> =>
  startHttp((request, answer) => {
    answer.setHeader("Set-Cookie", ["a=1", "b=2"]);
    answer.end(JSON.stringify({ url: request.url, headers: request.rawHeaders }));
  });

describe("a plain request", () => {
  it("reaches an opened host, without the headers that are ours", async () => {
    const { port } = await page();
    const under = await startProxy({ config: { allowedHostnames: [`127.0.0.1:${String(port)}`] } });
    const answer = await get(
      under,
      `http://127.0.0.1:${String(port)}/a?b=c`,
      "Cookie: x=y\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toMatch(/Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n/);
    expect(answer).toContain('"/a?b=c"');
    expect(answer).toContain('"Cookie","x=y"');
    expect(answer).not.toMatch(/proxy-|trailers|via|forwarded/i);
    const target = `127.0.0.1:${String(port)}`;
    expect(under.records).toEqual([
      { kind: "decided", serial: 1, form: "http", target, allowed: true, reason: undefined },
      {
        kind: "ended",
        serial: 1,
        target,
        bytesUp: expect.any(Number),
        bytesDown: expect.any(Number),
        reason: undefined,
      },
    ]);
    expect(under.records[1]).not.toMatchObject({ bytesDown: 0 });
  });

  it.each([
    ["http://127.0.0.1:80/", "loopback"],
    ["http://[::1]:8080/", "loopback"],
    ["http://2130706433/", "loopback"],
    ["http://169.254.169.254/latest/meta-data/", "metadata"],
    ["http://10.0.0.1/", "private"],
    ["http://localhost:9222/json", "loopback"],
    ["http://[::ffff:192.168.0.1]/", "private"],
  ])("to %s is refused", async (url, reason) => {
    const under = await startProxy();
    const answer = await get(under, url);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain("is refused: this host");
    expect(under.records).toMatchObject([{ kind: "decided", allowed: false, reason }]);
    expect(under.dialed).toEqual([]);
  });

  it("judges each request of one connection", async () => {
    const { port } = await page();
    const under = await startProxy({ config: { allowedHostnames: [`127.0.0.1:${String(port)}`] } });
    const socket = connectTo(under.proxy.port);
    const ask = (url: string): string =>
      `GET ${url} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nProxy-Authorization: ${under.auth}\r\n\r\n`;
    socket.write(ask(`http://127.0.0.1:${String(port)}/one`));
    expect(await readUntil(socket, "/one")).toMatch(/200/);
    const rest = everything(socket);
    socket.write(ask("http://127.0.0.1:1/two"));
    expect(await rest).toMatch(/403/);
  });

  it("passes bodies in both directions, by length and in chunks", async () => {
    const { port } = await startHttp((request, answer) => {
      request.pipe(answer);
    });
    const under = await startProxy({ config: { allowedHostnames: ["127.0.0.1"] } });
    const url = `http://127.0.0.1:${String(port)}/`;
    const head = `POST ${url} HTTP/1.1\r\nHost: 127.0.0.1:${String(port)}\r\nConnection: close\r\nProxy-Authorization: ${under.auth}\r\n`;
    expect(await exchange(under.proxy.port, `${head}Content-Length: 5\r\n\r\nhello`)).toMatch(/hello/);
    expect(
      await exchange(under.proxy.port, `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
    ).toMatch(/hello/);
  });

  it("shows half an answer as half an answer", async () => {
    const port = await startTcp((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
    });
    const under = await startProxy({ config: { allowedHostnames: ["127.0.0.1"] } });
    const answer = await get(under, `http://127.0.0.1:${String(port)}/`);
    expect(answer).toContain("Content-Length: 100");
    expect(answer.endsWith("half")).toBe(true);
  });

  it.each([
    ["HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
    ["nonsense\r\n\r\n"],
    [""],
  ])("answers 502 for %j", async (bytes) => {
    const port = await startTcp((socket) => {
      socket.once("data", () => socket.end(bytes));
    });
    const under = await startProxy({ config: { allowedHostnames: ["127.0.0.1"] } });
    expect(await get(under, `http://127.0.0.1:${String(port)}/`)).toMatch(/^HTTP\/1\.1 502 /);
  });
});

describe("a tunnel", () => {
  it("carries bytes both ways, and each side may end first", async () => {
    const port = await startTcp((socket) => socket.pipe(socket));
    const under = await startProxy({ config: { allowedHostnames: [`127.0.0.1:${String(port)}`] } });
    const { socket, head } = await tunnel(under, `127.0.0.1:${String(port)}`);
    expect(head).toBe("HTTP/1.1 200 Connection Established\r\n\r\n");
    const echoed = everything(socket);
    socket.end("ping");
    expect(await echoed).toBe("ping");
    await expect.poll(() => under.records.length).toBe(2);
    expect(under.records[1]).toMatchObject({ kind: "ended", bytesUp: 4, bytesDown: 4 });
  });

  it.each([
    "127.0.0.1:443",
    "[::1]:443",
    "localhost:443",
    "169.254.169.254:80",
    "10.0.0.1:443",
    "example.com:22",
    "127.1:443",
    "nonsense",
    "unresolved.example:443",
  ])("to %s is refused", async (authority) => {
    const under = await startProxy();
    const { head } = await tunnel(under, authority);
    expect(head).toMatch(/^HTTP\/1\.1 (?:400|403|502) /);
    expect(under.records).toMatchObject([{ kind: "decided", form: "tunnel", allowed: false }]);
    expect(under.dialed).toEqual([]);
  });

  it("does not lead to the proxy itself, even where loopback is open", async () => {
    const under = await startProxy({ config: { dangerouslyAllowPrivateNetwork: true } });
    const { head } = await tunnel(under, `127.0.0.1:${String(under.proxy.port)}`);
    expect(head).toMatch(/ 403 /);
    expect(under.records).toMatchObject([{ reason: "own-proxy" }]);
  });

  it("tells that a host takes no connection, and not why", async () => {
    const closedPort = await startTcp(() => undefined);
    const under = await startProxy({
      config: { allowedHostnames: ["127.0.0.1"] },
      dial: (_, port) => connectTo(port === closedPort ? 1 : port),
    });
    const socket = connectTo(under.proxy.port);
    socket.write(
      `CONNECT 127.0.0.1:${String(closedPort)} HTTP/1.1\r\nProxy-Authorization: ${under.auth}\r\n\r\n`,
    );
    const answer = await everything(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 502 [^]*this host does not take the connection\n$/);
    expect(answer).not.toMatch(/ECONN/);
  });
});

describe("close", () => {
  it("ends tunnels, requests and waiting look-ups, and takes nothing more", async () => {
    const port = await startTcp((socket) => socket.resume());
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const under = await startProxy({
      config: { allowedHostnames: ["127.0.0.1"] },
      resolve: () => {
        asked();
        return new Promise(() => undefined);
      },
    });
    const { socket } = await tunnel(under, `127.0.0.1:${String(port)}`);
    const waiting = connectTo(under.proxy.port);
    waiting.write(`CONNECT slow.example:443 HTTP/1.1\r\nProxy-Authorization: ${under.auth}\r\n\r\n`);
    const silent = connectTo(under.proxy.port);
    await Promise.all([once(silent, "connect"), isAsked]);
    const where = under.proxy.port;
    const closed = Promise.all([socket, waiting, silent].map(gone));
    await under.proxy.close();
    await closed;
    await under.proxy.close();
    const late = connectTo(where);
    await gone(late);
    expect(late.bytesRead).toBe(0);
    expect(under.records).toContainEqual(
      expect.objectContaining({
        kind: "decided",
        target: "slow.example:443",
        allowed: false,
        reason: "closed",
      }),
    );
  });
});
