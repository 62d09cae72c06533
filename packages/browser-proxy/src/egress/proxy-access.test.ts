import { once } from "node:events";
import { connect } from "node:net";

import { describe, expect, it } from "vitest";

import { browserProxyLimits } from "../limits.ts";
import { connectTo, exchange, gone, startProxy, startTcp, tunnel } from "./egress.test.support.ts";
import { isAuthorized, makeProxyCredentials, proxyAuthorization } from "./proxy-credentials.ts";

describe("credentials", () => {
  it("are new and long for each start", () => {
    const [one, two] = [makeProxyCredentials(), makeProxyCredentials()];
    expect(one.password).not.toBe(two.password);
    expect(one.password).toHaveLength(43);
    expect(isAuthorized(proxyAuthorization(one), one)).toBe(true);
    expect(isAuthorized(proxyAuthorization(one).replace("Basic", "basic"), one)).toBe(true);
    for (const header of [
      undefined,
      "",
      "Basic",
      proxyAuthorization(two),
      `${proxyAuthorization(one)}=`,
      one.password,
    ])
      expect(isAuthorized(header, one)).toBe(false);
  });

  it.each([
    ["GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n"],
    ["CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n"],
    [
      "GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nProxy-Authorization: Basic YnJvd3Nlcjo=\r\n\r\n",
    ],
    ["CONNECT 127.0.0.1:1 HTTP/1.1\r\nAuthorization: Basic YnJvd3Nlcjo=\r\n\r\n"],
  ])("are asked for before anything else: %j", async (bytes) => {
    const under = await startProxy({ config: { allowedHostnames: ["127.0.0.1"] } });
    const answer = await exchange(under.proxy.port, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 407 [^]*Proxy-Authenticate: Basic realm="browser"/);
    expect(under.records).toEqual([]);
    expect(under.dialed).toEqual([]);
  });
});

describe("what can be read in two ways", () => {
  const cases = (auth: string): readonly string[] => {
    const head = (line: string, more = ""): string =>
      `${line}\r\nProxy-Authorization: ${auth}\r\n${more}\r\n`;
    const post = (more: string): string =>
      head("POST http://h.example/ HTTP/1.1", `Host: h.example\r\n${more}`);
    return [
      head("GET / HTTP/1.1", "Host: h.example\r\n"),
      head("GET https://h.example/ HTTP/1.1", "Host: h.example\r\n"),
      head("GET ftp://h.example/ HTTP/1.1", "Host: h.example\r\n"),
      head("GET http://user:pw@h.example/ HTTP/1.1", "Host: h.example\r\n"),
      head("GET http://h.example\\@other/ HTTP/1.1", "Host: h.example\r\n"),
      head("GET http://h.example/ HTTP/1.1", "Host: other.example\r\n"),
      head("GET http://h.example/ HTTP/1.1", "Host: h.example\r\nHost: other.example\r\n"),
      head("GET http://h.example/ HTTP/1.0", "Host: h.example\r\n"),
      head("GET http:///x HTTP/1.1", "Host: h.example\r\n"),
      head("GET http://h.example/ HTTP/1.1", `Host: h.example\r\n${"A: b\r\n".repeat(201)}`),
      post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
      post("Content-Length: 1\r\nContent-Length: 1\r\n") + "x",
      post("Content-Length: +1\r\n") + "x",
      post("Transfer-Encoding: identity\r\n"),
      post("Transfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n",
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
      post("Content-Length : 1\r\n") + "x",
      post("A: b\r\n folded\r\n"),
      head("CONNECT h.example:443 HTTP/1.1", "Content-Length: 3\r\n") + "abc",
      head("CONNECT h.example HTTP/1.1"),
      head("CONNECT http://h.example/ HTTP/1.1"),
      head("GET http://h.example/ HTTP/1.1\nX: y"),
    ];
  };

  it("is refused without a connection to anybody", async () => {
    const under = await startProxy({ resolve: () => Promise.resolve(["93.184.216.34"]) });
    for (const bytes of cases(under.auth)) {
      const answer = await exchange(under.proxy.port, bytes);
      expect(answer, bytes).toMatch(/^(?:HTTP\/1\.1 400 |$)/);
    }
    expect(under.dialed).toEqual([]);
  });

  it("ends a connection whose client does not wait for its answer", async () => {
    const port = await startTcp((socket) => socket.resume());
    const under = await startProxy({ config: { allowedHostnames: ["127.0.0.1"] } });
    const url = `http://127.0.0.1:${String(port)}/`;
    const ask = `GET ${url} HTTP/1.1\r\nHost: 127.0.0.1:${String(port)}\r\nProxy-Authorization: ${under.auth}\r\n\r\n`;
    expect(await exchange(under.proxy.port, ask + ask)).toBe("");
    expect(under.dialed.length).toBeLessThanOrEqual(1);
  });
});

describe("bounds", () => {
  it("drops connections over the limit, and serves again when they are gone", async () => {
    const port = await startTcp((socket) => socket.pipe(socket));
    const under = await startProxy({ config: { allowedHostnames: ["127.0.0.1"] } });
    const many = Array.from({ length: browserProxyLimits.proxyConnections + 200 }, () => {
      const socket = connect({ host: "127.0.0.1", port: under.proxy.port });
      socket.on("error", () => undefined);
      return socket;
    });
    const dropped = many.map((socket) => gone(socket).then(() => socket));
    await Promise.all(many.map((socket) => Promise.race([once(socket, "connect"), gone(socket)])));
    const ended = new Set<unknown>();
    for (const one of dropped) void one.then((socket) => ended.add(socket));
    await expect.poll(() => ended.size).toBe(200);
    for (const socket of many) socket.destroy();
    await Promise.all(dropped);
    await expect
      .poll(async () => (await tunnel(under, `127.0.0.1:${String(port)}`).catch(() => ({ head: "" }))).head)
      .toMatch(/200/);
  });

  it("bounds headers", async () => {
    const under = await startProxy();
    const answer = await exchange(
      under.proxy.port,
      `GET http://h.example/ HTTP/1.1\r\nX: ${"x".repeat(100_000)}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("ends a client that does not finish its headers", async () => {
    const under = await startProxy({ limits: { proxyHeaderMs: 100 } });
    const slow = connectTo(under.proxy.port);
    slow.write("GET http://h.example/ HTTP/1.1\r\nX: ");
    const silent = connectTo(under.proxy.port);
    silent.resume();
    slow.resume();
    await Promise.all([gone(slow), gone(silent)]);
    expect(under.dialed).toEqual([]);
  });
});
